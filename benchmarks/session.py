"""One run over all cases: the reference, the product, and whoever else is asked the same."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from benchmarks.answers import whole
from benchmarks.cases import Case, has_status, product_cases
from benchmarks.generator import Generator
from benchmarks.library import library_cases
from benchmarks.load import drive_apart
from benchmarks.options import Options
from benchmarks.reads import PAGES_DEEP, PER_PAGE, Paths, read_cases
from benchmarks.rounds import Figures, fresh_numbers, measure
from benchmarks.rows import list_path
from benchmarks.servers import Server
from benchmarks.stack import Stack
from benchmarks.statements import count_statements
from benchmarks.table import Report, Row
from benchmarks.traffic import Load, Request

BARE = Case(name='reference',
            make=lambda: Request(path='/'),
            check=lambda answer: has_status(200)(answer) and answer.endswith(b'x"}'))


@dataclass(kw_only=True)
class Session:
    """``rivals`` have the product's paths and data; ``reference`` has the product's gunicorn."""

    stack: Stack
    reference: Server
    slug: str
    options: Options
    generator: Generator
    rivals: Sequence[Server] = ()
    _references: list[Figures] = field(default_factory=list)
    _rows: list[Row] = field(default_factory=list)

    def run(self) -> Report:
        """Raises WrongAnswer, and Unusable for another server that cannot be asked."""
        before = self.stack.server.usage()
        for entries in self._cases():
            if not self.options.only or self.options.only in entries[0][1].name:
                self._measure(entries)
        after = self.stack.server.usage()
        return Report(rows=self._rows,
                      references=self._references,
                      generator=self.generator.name,
                      memory_at_start=before.memory if before else None,
                      memory_at_end=after.memory if after else None,
                      processes=after.processes if after else 0,
                      database=self._database())

    def _cases(self) -> Iterator[list[tuple[Server, Case]]]:
        """Each time the same case of every server that has it, the product's first."""
        own = self.stack.server
        own_paths = self._own_paths()
        known = [(own, own_paths), *((rival, own_paths) for rival in self.rivals)]
        known += [(other, self._paths_of_others(own_paths)) for other in self.options.against]
        deep = self.options.rows > PAGES_DEEP * PER_PAGE
        reads = [(server, case) for server, paths in known
                 for case in read_cases(server, paths, deep=deep)]
        names = [case.name for server, case in reads if server is own]
        in_order = sorted(reads, key=lambda entry: names.index(entry[1].name))
        for _, entries in groupby(in_order, key=lambda entry: entry[1].name):
            yield list(entries)
        if not self.options.reads_only:
            yield from ([(own, case)] for case in product_cases(self.stack, self.slug))
        if not self.options.beside_others:
            cases = library_cases(self.stack, reads_only=self.options.reads)
            yield from ([(own, case)] for case in cases)

    def _own_paths(self) -> Paths:
        return Paths(article=f'/v1/articles/{self.slug}',
                     list=list_path(PER_PAGE),
                     expected=f'"{self.slug}"')

    def _paths_of_others(self, own: Paths) -> Paths:
        return replace(own,
                       article=self.options.article_path or own.article,
                       list=self.options.list_path or own.list,
                       expected=self.options.expected)

    def _measure(self, entries: Sequence[tuple[Server, Case]]) -> None:
        print(f'measuring {entries[0][1].name}', file=sys.stderr, flush=True)
        self.stack.settle()
        found = measure([(self.reference, BARE), *entries], self.options.plan,
                        self.generator.drive)
        self._references.append(found[0])
        for (server, case), figures in zip(entries, found[1:], strict=True):
            self._rows.append(
                Row(case=case.name,
                    server=server.name,
                    rows=self.options.rows,
                    figures=figures,
                    statements=self._statements(server, case),
                    bar=case.bar if server is self.stack.server else None))

    def _statements(self, server: Server, case: Case) -> int | None:
        if not server.application:
            return None
        request = case.make()
        cookies = iter(case.cookies(4) if case.cookies else ('', ) * 4)

        def send() -> None:
            first = fresh_numbers()
            if case.prepare:
                case.prepare(first)
            done = drive_apart(
                Load(base=server.base,
                     request=request,
                     seconds=30,
                     connections=1,
                     most=1,
                     first=first,
                     cookies=(next(cookies), ),
                     sample_every=1))
            assert whole(done.samples[0], ended=True)

        with self.stack.database() as link:
            return count_statements(link, self.stack.data / 'log' / 'postgres.log',
                                    server.application, send, self.stack.settle)

    def _database(self) -> str:
        with self.stack.database() as link:
            found = link.execute('SHOW server_version').fetchone()
        return str(found[0]) if found else ''
