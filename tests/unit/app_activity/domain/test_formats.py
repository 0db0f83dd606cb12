import csv
import json
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest

from talelio_backend.app_activity.domain.chain import Row
from talelio_backend.app_activity.domain.formats import COLUMNS, csv_header, csv_rows, ndjson_rows


def row(*, redacted: bool = False, **content: Any) -> Row:
    return Row(created_at=datetime(2026, 1, 1, tzinfo=UTC),
               content={
                   'id': '1',
                   'created_at': '2026-01-01T00:00:00.000000Z',
                   'area': 'project',
                   'action': 'project_created',
                   'text': 'Created “Äiti”',
                   'actor_id': None,
                   'impersonator_id': None,
                   'target': None,
                   'changes': None,
                   'request_id': None
               } | content,
               seq=7,
               prev_hash='a',
               content_hash='b',
               hash='c',
               redacted=redacted,
               actor='ada')


def read(text: str) -> list[list[str]]:
    return [*csv.reader(StringIO(text))]


def test_csv_has_its_columns_and_survives_commas_and_lines() -> None:
    target = {'type': 'project', 'id': 't', 'label': 'a,"b"\nc'}
    header, line = read(csv_header() + csv_rows([row(target=target, changes={'n': {'ä': 1}})]))
    assert tuple(header) == COLUMNS
    assert dict(zip(header, line)) == {
        'seq': '7',
        'created_at': '2026-01-01T00:00:00.000000Z',
        'area': 'project',
        'action': 'project_created',
        'text': 'Created “Äiti”',
        'actor_id': '',
        'actor': 'ada',
        'impersonator_id': '',
        'impersonator': '',
        'target_type': 'project',
        'target_id': 't',
        'target_label': 'a,"b"\nc',
        'changes': '{"n":{"ä":1}}',
        'request_id': ''
    }


@pytest.mark.parametrize('text', ['=1+1', '+1', '-1', '@cmd'])
def test_no_cell_is_a_formula(text: str) -> None:
    line, = read(csv_rows([row(text=text, target={'type': 't', 'id': text, 'label': text})]))
    assert line.count(f"'{text}") == 3 and text not in line


def test_ndjson_is_a_document_a_line() -> None:
    line, rest = ndjson_rows([row()]).split('\n')
    assert rest == '' and 'Äiti' in line
    assert list(json.loads(line)) == [
        'seq', 'prev_hash', 'content_hash', 'hash', 'redacted', 'content', 'actor', 'impersonator'
    ]


def test_redacted_row_has_no_content() -> None:
    assert json.loads(ndjson_rows([row(redacted=True)]))['content'] is None
