"""What a run found, for eyes and for machines."""

import json
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from benchmarks.cases import PER_SECOND, REFERENCE, Bar
from benchmarks.rounds import Figures

_LIBRARIES = ('gunicorn', 'Flask', 'SQLAlchemy', 'psycopg2-binary')
_BUSY = 0.85  # of a core: a generator that takes more may be what limits


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line. ``bar`` and what was reached are in the unit that ``unit`` names."""

    case: str
    server: str
    rows: int
    figures: Figures
    statements: int | None
    bar: Bar | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """``references``: the figures of the reference, one for each case. Memory in MiB."""

    rows: Sequence[Row]
    references: Sequence[Figures]
    generator: str
    memory_at_start: float | None
    memory_at_end: float | None
    processes: int
    database: str


_HEADS = (f'{"case":33} {"server":>14} {"rows":>7} {"req/s":>7} {"÷ ref":>6} {"bar":>7} '
          f'{"p50 ms":>7} {"p99 ms":>7} {"cpu ms":>7} {"SQL":>4} {"MiB":>5} {"not 2xx/304":>12}')


def as_text(report: Report) -> str:
    lines = [_HEADS, *(_line(row, report.rows) for row in report.rows), '', *_around(report)]
    return '\n'.join(lines)


def _line(row: Row, rows: Sequence[Row]) -> str:
    found = row.figures
    return (f'{row.case:33} {row.server:>14} {row.rows:7} {found.per_second:7.0f} '
            f'{found.ratio:6.3f} {_bar_text(row, rows):>7} {found.p50:7.1f} {found.p99:7.1f} '
            f'{_or_dash(found.processor, 2):>7} {_or_dash(row.statements):>4} '
            f'{_or_dash(found.memory):>5} {found.unexpected:12.2%}')


def _around(report: Report) -> Iterable[str]:
    if report.references:
        found = report.references
        speeds = [one.per_second for one in found]
        yield (f'reference: {statistics.median(speeds):.0f} req/s '
               f'({min(speeds):.0f} to {max(speeds):.0f}), '
               f'p50 {statistics.median(one.p50 for one in found):.1f} ms, '
               f'p99 {statistics.median(one.p99 for one in found):.1f} ms')
        share = max(one.generator for one in found)
        yield (f'load generator: {report.generator}, at most {share:.0%} of one core'
               f'{"; IT MAY BE WHAT LIMITS" if share > _BUSY else ""}')
    yield (f'memory of all API processes (PSS): {_or_dash(report.memory_at_start)} MiB at the '
           f'start, {_or_dash(report.memory_at_end)} MiB after the load '
           f'({report.processes} processes)')
    yield ', '.join(f'{name} {value}' for name, value in machine(report).items())


def needed(row: Row, rows: Sequence[Row]) -> float | None:
    """The bar as a figure of this run, in ``÷ reference`` or answers per second; None where there
    is none, or the other case was not measured."""
    if row.bar is None:
        return None
    if row.bar.of in (REFERENCE, PER_SECOND):
        return row.bar.least
    others = [
        other.figures.ratio for other in rows
        if (other.case, other.server, other.rows) == (row.bar.of, row.server, row.rows)
    ]
    return row.bar.least * others[0] if others else None


def _bar_text(row: Row, rows: Sequence[Row]) -> str:
    bar = needed(row, rows)
    if bar is None or row.bar is None:
        return ''
    return f'{bar:.0f}/s' if row.bar.of == PER_SECOND else f'{bar:.3f}'


def _or_dash(value: float | None, digits: int = 0) -> str:
    return '–' if value is None else f'{value:.{digits}f}'


def machine(report: Report) -> dict[str, Any]:
    return {
        'date': datetime.now(UTC).date().isoformat(),
        'cores': os.cpu_count(),
        'Python': platform.python_version(),
        'PostgreSQL': report.database,
        **{
            name: version(name)
            for name in _LIBRARIES
        },
    }


def as_json(report: Report) -> str:
    return json.dumps({
        'machine':
        machine(report),
        'generator':
        report.generator,
        'memory_mib': {
            'start': report.memory_at_start,
            'end': report.memory_at_end
        },
        'references': [asdict(one) for one in report.references],
        'cases': [{
            'case': row.case,
            'server': row.server,
            'rows': row.rows,
            **asdict(row.figures),
            'statements': row.statements,
            'bar': needed(row, report.rows),
            'bar_of': row.bar and row.bar.of,
        } for row in report.rows],
    })
