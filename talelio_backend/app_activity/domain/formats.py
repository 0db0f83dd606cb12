"""The activity as a file: a table for people, lines for programs that prove it."""

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from io import StringIO
from typing import Any

from talelio_backend.app_activity.domain.chain import Row

COLUMNS = ('seq', 'created_at', 'area', 'action', 'text', 'actor_id', 'actor', 'impersonator_id',
           'impersonator', 'target_type', 'target_id', 'target_label', 'changes', 'request_id')
_LINE_ENDS = {ord(end): f'\\u{ord(end):04x}' for end in '\x85\u2028\u2029'}
# A spreadsheet takes what begins so for a formula and runs it.
_FORMULA = ('=', '+', '-', '@')


def csv_header() -> str:
    return _table([COLUMNS])


def csv_rows(rows: Iterable[Row]) -> str:
    return _table([_cell(value) for value in _values(row)] for row in rows)


def ndjson_header() -> str:
    return ''


def ndjson_rows(rows: Iterable[Row]) -> str:
    return ''.join(_line(_document(row)) + '\n' for row in rows)


# By the name of the format: what stands above all rows, and the text of some.
FORMATS: Mapping[str, tuple[Callable[[], str], Callable[[Iterable[Row]], str]]] = {
    'csv': (csv_header, csv_rows),
    'ndjson': (ndjson_header, ndjson_rows),
}


def _document(row: Row) -> dict[str, Any]:
    return {
        'seq': row.seq,
        'prev_hash': row.prev_hash,
        'content_hash': row.content_hash,
        'hash': row.hash,
        'redacted': row.redacted,
        'content': None if row.redacted else row.content,
        'actor': row.actor,
        'impersonator': row.impersonator,
    }


def _values(row: Row) -> list[Any]:
    content = row.content
    target = content['target'] or {}
    changes = content['changes']
    return [
        row.seq, content['created_at'], content['area'], content['action'], content['text'],
        content['actor_id'], row.actor, content['impersonator_id'], row.impersonator,
        target.get('type'),
        target.get('id'),
        target.get('label'), None if changes is None else _compact(changes), content['request_id']
    ]


def _cell(value: Any) -> str:
    text = '' if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _table(rows: Iterable[Iterable[Any]]) -> str:
    written = StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(',', ':'), ensure_ascii=False)


def _line(value: Any) -> str:
    # Some programs end a line at these too; within a string of JSON they may be escaped.
    return _compact(value).translate(_LINE_ENDS)
