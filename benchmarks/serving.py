"""Ways to serve, side by side on the same data: worker classes, threads, workers, keep-alive."""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import partial

from benchmarks.cases import Case
from benchmarks.options import JSON, MARKDOWN, Options
from benchmarks.reads import has_text
from benchmarks.rounds import Drive, Figures, measure
from benchmarks.servers import Server, base_at, running, running_reference
from benchmarks.session import BARE
from benchmarks.stack import Stack
from benchmarks.table import columns_as_markdown, columns_as_text, or_dash
from benchmarks.traffic import Request
from talelio_backend.development.parts import operator_command
from talelio_backend.development.ports import free_port

_CLOSE = ('Connection', 'close')


@dataclass(frozen=True)
class Way:
    """One thread means gunicorn's class ``sync``, which closes after each answer anyway; without
    ``keeps_alive`` the client asks ``gthread`` to do so too."""

    workers: int
    threads: int = 1
    keeps_alive: bool = False

    @property
    def name(self) -> str:
        if self.threads == 1:
            return f'sync {self.workers}'
        return f'gthread {self.workers}×{self.threads}{", keep-alive" * self.keeps_alive}'


WAYS = (Way(2), Way(2, 8), Way(2, 8, keeps_alive=True), Way(3), Way(3, 8))

_COLUMNS = ('served by', 'reference/s', 'article/s', '÷ own reference',
            f'÷ reference of {WAYS[0].name}', 'p50 ms', 'p99 ms', 'cpu ms', 'MiB')


@dataclass(frozen=True, kw_only=True)
class Compared:
    way: str
    reference: Figures
    article: Figures

    @property
    def ratio(self) -> float:
        """To the reference that is served in the same way."""
        return self.article.per_second / max(self.reference.per_second, 1e-9)


def compare(stack: Stack, slug: str, options: Options, drive: Drive) -> str:
    """What is to be printed. The rounds go through all ways in turn."""
    with ExitStack() as started:
        pairs = {
            numbers: started.enter_context(_serving(stack, *numbers))
            for numbers in dict.fromkeys((way.workers, way.threads) for way in WAYS)
        }
        entries = [
            entry for way in WAYS for entry in _entries(way, pairs[way.workers, way.threads], slug)
        ]
        print(f'measuring {len(entries)} servers in turn', file=sys.stderr, flush=True)
        found = measure(entries, options.plan, drive)
    rows = [
        Compared(way=way.name, reference=found[2 * place], article=found[2 * place + 1])
        for place, way in enumerate(WAYS)
    ]
    if options.form == JSON:
        return json.dumps([asdict(row) | {'ratio': row.ratio} for row in rows])
    layout = columns_as_markdown if options.form == MARKDOWN else columns_as_text
    return '\n'.join(layout(_COLUMNS, [_cells(row) for row in rows], named=1))


def _cells(row: Compared) -> list[str]:
    found = row.article
    return [
        row.way, f'{row.reference.per_second:,.0f}', f'{found.per_second:,.0f}',
        f'{row.ratio:.3f}', f'{found.ratio:.3f}', f'{found.p50:.1f}', f'{found.p99:.1f}',
        or_dash(found.processor, 2),
        or_dash(found.memory)
    ]


@contextmanager
def _serving(stack: Stack, workers: int, threads: int) -> Iterator[tuple[Server, Server]]:
    """The reference and the product, served so, on the stack's database."""
    port, name = free_port(), f'talelio {workers}×{threads}'
    variables = stack.environment_of_api | {
        'PORT': str(port),
        'WEB_CONCURRENCY': str(workers),
        'WEB_THREADS': str(threads)
    }
    api = running(name,
                  operator_command('serve'),
                  variables,
                  port=port,
                  log=stack.log / f'talelio-{workers}-{threads}.log',
                  path='/readyz')
    with api, running_reference(stack.log, workers=workers, threads=threads) as reference:
        yield reference, Server(name=name, base=base_at(port))


def _entries(way: Way, pair: tuple[Server, Server], slug: str) -> Iterator[tuple[Server, Case]]:
    headers = () if way.keeps_alive or way.threads == 1 else (_CLOSE, )
    paths = ('/', f'/v1/articles/{slug}')
    checks = (BARE.check, has_text(f'"{slug}"'))
    for server, path, check in zip(pair, paths, checks, strict=True):
        request = Request(path=path, headers=headers)
        yield server, Case(name=f'{server.name}, {way.name}',
                           make=partial(_same, request),
                           check=check)


def _same(request: Request) -> Request:
    return request
