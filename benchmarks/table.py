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
from benchmarks.options import JSON, MARKDOWN, TEXT
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


_COLUMNS = ('case', 'server', 'rows', 'req/s', '÷ ref', 'bar', 'p50 ms', 'p99 ms', 'cpu ms', 'SQL',
            'MiB', 'not 2xx/304')


def printed(report: Report, form: str) -> str:
    """Raises KeyError for a form that there is not."""
    return {TEXT: as_text, JSON: as_json, MARKDOWN: as_markdown}[form](report)


def as_text(report: Report) -> str:
    lines = columns_as_text(_COLUMNS, [_cells(row, report.rows) for row in report.rows], named=2)
    return '\n'.join([*lines, '', *_around(report)])


def as_markdown(report: Report) -> str:
    cells = [_cells(row, report.rows) for row in report.rows]
    lines = columns_as_markdown(_COLUMNS, cells, named=2)
    return '\n'.join([*lines, '', *(f'- {line}' for line in _around(report))])


def columns_as_text(heads: Sequence[str], rows: Sequence[Sequence[str]], *,
                    named: int) -> list[str]:
    """The first ``named`` columns are words, the others numbers."""
    table = [heads, *rows]
    widths = [max(len(row[place]) for row in table) for place in range(len(heads))]
    return [
        '  '.join(
            cell.ljust(width) if place < named else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))) for row in table
    ]


def columns_as_markdown(heads: Sequence[str], rows: Sequence[Sequence[str]], *,
                        named: int) -> list[str]:
    rule = ['---'] * named + ['---:'] * (len(heads) - named)
    return [f'| {" | ".join(row)} |' for row in (heads, rule, *rows)]


def _cells(row: Row, rows: Sequence[Row]) -> list[str]:
    found = row.figures
    return [
        row.case, row.server, f'{row.rows:,}', f'{found.per_second:,.0f}', f'{found.ratio:.3f}',
        _bar_text(row, rows), f'{found.p50:.1f}', f'{found.p99:.1f}',
        or_dash(found.processor, 2),
        or_dash(row.statements),
        or_dash(found.memory), f'{found.unexpected:.2%}'
    ]


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
    yield (f'memory of all API processes (PSS): {or_dash(report.memory_at_start)} MiB at the '
           f'start, {or_dash(report.memory_at_end)} MiB after the load '
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
        return '–'
    return f'{bar:.0f}/s' if row.bar.of == PER_SECOND else f'{bar:.3f}'


def or_dash(value: float | None, digits: int = 0) -> str:
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
