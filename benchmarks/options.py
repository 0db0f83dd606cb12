"""The command line of ``make bench``."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from benchmarks.generator import OWN, WRK
from benchmarks.rounds import Plan
from benchmarks.servers import Server
from benchmarks.traffic import CONNECTIONS

TEXT, JSON, MARKDOWN = 'text', 'json', 'markdown'
_DESCRIPTION = ('Requests per second, as ratios to a bare WSGI function on the same gunicorn, '
                'measured in turn.')


@dataclass(frozen=True, kw_only=True)
class Options:
    """``limit``: seconds for everything, None for several times what is planned; paths are None
    where other servers have those of the product."""

    rows: int
    plan: Plan
    only: str | None
    reads: bool
    against: tuple[Server, ...]
    article_path: str | None
    list_path: str | None
    expected: str
    rivals: bool
    serving: bool
    generator: str | None
    form: str
    limit: float | None
    workers: int
    threads: int

    @property
    def reads_only(self) -> bool:
        """Others are asked nothing but reads, and so is the product beside them."""
        return self.reads or self.beside_others

    @property
    def beside_others(self) -> bool:
        return self.rivals or bool(self.against)

    @property
    def most_seconds(self) -> float:
        """After so long, something hangs."""
        servers = 2 + 2 * self.rivals + len(self.against)
        one = self.plan.warm_up + self.plan.rounds * self.plan.seconds
        return self.limit or 600 + self.rows / 100 + 4 * 12 * servers * one


def parse(arguments: Sequence[str] | None = None) -> Options:
    given = _parser().parse_args(arguments)
    plan = Plan(rounds=given.rounds,
                seconds=given.seconds,
                warm_up=given.warm_up,
                connections=given.connections)
    return Options(rows=given.rows,
                   plan=plan,
                   only=given.only,
                   reads=given.reads,
                   against=tuple(given.against),
                   article_path=given.article_path,
                   list_path=given.list_path,
                   expected=given.expect,
                   rivals=given.rivals,
                   serving=given.serving,
                   generator=given.generator,
                   form=given.form,
                   limit=given.limit,
                   workers=given.workers,
                   threads=given.threads)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='make bench', description=_DESCRIPTION)
    add = parser.add_argument
    add('--rows', type=_positive, default=1000, help='articles in the database')
    add('--rounds', type=_positive, default=3)
    add('--seconds', type=_some, default=3.0, help='of each measurement')
    add('--warm-up', type=_some, default=1.0, metavar='SECONDS')
    add('--connections', type=_positive, default=CONNECTIONS)
    add('--only', metavar='TEXT', help='the cases whose names contain this')
    add('--reads', action='store_true', help='the public reads alone')
    add('--serving', action='store_true', help='compare ways to serve: classes, threads, workers')
    add('--rivals', action='store_true', help='beside those of benchmarks/rivals')
    add('--generator', choices=[WRK, OWN], help='wrk if it is on the path, else our own')
    forms = parser.add_mutually_exclusive_group()
    for form, reader in ((JSON, 'machines'), (MARKDOWN, 'benchmarks/RESULTS.md')):
        forms.add_argument(f'--{form}',
                           dest='form',
                           action='store_const',
                           const=form,
                           default=TEXT,
                           help=f'for {reader}')
    add('--limit', type=_some, metavar='SECONDS', help='for the whole run')
    add('--workers', type=_positive, default=int(os.environ.get('WEB_CONCURRENCY') or 2))
    add('--threads', type=_positive, default=int(os.environ.get('WEB_THREADS') or 1))
    others = parser.add_argument_group('other servers, asked the same reads')
    add = others.add_argument
    add('--against', nargs='+', type=_server, default=[], metavar='[NAME=]URL')
    add('--article-path', metavar='PATH', help="default: the product's")
    add('--list-path', metavar='PATH', help="default: the product's")
    add('--expect', default='', metavar='TEXT', help='stands in their answer with the article')
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _some(text: str) -> float:
    number = float(text)
    if not 0 < number < 100_000:
        raise ValueError(text)
    return number


def _server(text: str) -> Server:
    name, _, url = text.rpartition('=') if '=' in text.partition('://')[0] else ('', '', text)
    parts = urlsplit(url)
    if parts.scheme != 'http' or not parts.hostname:
        raise argparse.ArgumentTypeError(f'{text} is no http://host:port')
    return Server(name=name or parts.netloc, base=f'http://{parts.netloc}')
