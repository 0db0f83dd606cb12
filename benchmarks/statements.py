"""How many SQL statements a request costs, counted by the database server's own log."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

_COUNTED_TIMES = 3
_PREFIX = '%a|'
# A driver that prepares its statements has them logged when they are executed.
_KINDS = (b'LOG:  statement: ', b'LOG:  execute ')
_AROUND = (b'BEGIN', b'COMMIT', b'ROLLBACK', b'SAVEPOINT', b'RELEASE')


def count_statements(link: psycopg.Connection[Any], log: Path, application: str,
                     send: Callable[[], object], settle: Callable[[], object]) -> int:
    """What ``send`` causes in ``application`` until it returns, without BEGIN and COMMIT. A worker
    of the same name writes into the same log: ``settle`` waits until it rests, and the least of
    three times counts. ``link`` is the superuser's."""
    _tell_server(link, log_statement='all', log_line_prefix=_PREFIX)
    try:
        send()  # what a process does once, it does now
        counts = []
        for _ in range(_COUNTED_TIMES):
            settle()
            before = log.stat().st_size
            send()  # each statement is logged before it is executed
            counts.append(statements_in(log.read_bytes()[before:], application))
    finally:
        _tell_server(link, log_statement='none', log_line_prefix='%m [%p] ')
    return min(counts)


def statements_in(log: bytes, application: str) -> int:
    return sum(_is_statement(line, application.encode()) for line in log.splitlines())


def _is_statement(line: bytes, application: bytes) -> bool:
    name, _, rest = line.partition(b'|')
    if name != application or not rest.startswith(_KINDS):
        return False
    kind = next(kind for kind in _KINDS if rest.startswith(kind))
    text = rest.removeprefix(kind)
    if kind == _KINDS[1]:
        text = text.partition(b': ')[2]  # behind the statement's name
    return not text.lstrip().upper().startswith(_AROUND)


def _tell_server(link: psycopg.Connection[Any], **settings: str) -> None:
    for name, value in settings.items():
        link.execute(
            sql.SQL('ALTER SYSTEM SET {} = {}').format(sql.Identifier(name), sql.Literal(value)))
    link.execute('SELECT pg_reload_conf()')
    time.sleep(0.5)  # the server's processes read it in their own time
