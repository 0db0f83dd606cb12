from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from talelio_backend.app_activity.domain.chain import (GENESIS, REMOVED, Place, Row, follow,
                                                       hash_of_content, hash_of_link, links,
                                                       moment)
from talelio_backend.shared.domain.ids import new_id

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def waiting(number: int) -> list[Row]:
    return [
        Row(created_at=AT,
            content={
                'id': str(new_id()),
                'text': f'Lent “Äiti {place}”',
                'target': {
                    'type': 'book',
                    'id': '1',
                    'label': 'x'
                },
                'changes': None
            },
            seq=None,
            prev_hash=None,
            content_hash=None,
            hash=None,
            redacted=False) for place in range(number)
    ]


def sealed(number: int) -> list[Row]:
    rows = waiting(number)
    return [
        replace(row,
                seq=link.seq,
                prev_hash=link.prev_hash,
                content_hash=link.content_hash,
                hash=link.hash) for row, link in zip(rows, links(Place(), rows))
    ]


def test_content_is_hashed_as_sorted_compact_unescaped_json() -> None:
    text = '{"a":{"b":null,"ä":[1]},"z":"“é”"}'
    content = {'z': '“é”', 'a': {'ä': [1], 'b': None}}
    assert hash_of_content(content) == sha256(text.encode()).hexdigest()


def test_link_is_the_hash_of_both_hashes() -> None:
    expected = sha256(('0' * 64 + 'a' * 64).encode()).hexdigest()
    assert hash_of_link(GENESIS, 'a' * 64) == expected


def test_time_has_microseconds_and_z() -> None:
    assert moment(AT) == '2026-01-02T03:04:05.000000Z'


def test_positions_go_up_from_one() -> None:
    rows = sealed(3)
    assert [row.seq for row in rows] == [1, 2, 3]
    assert rows[0].prev_hash == GENESIS
    assert rows[2].prev_hash == rows[1].hash


def test_whole_chain_is_followed_in_parts() -> None:
    rows = sealed(4)
    place, broken = follow(Place(), rows[:2])
    assert broken is None
    assert follow(place, rows[2:]) == (Place(seq=4, hash=str(rows[3].hash)), None)


@pytest.mark.parametrize('changed', [{
    'content': {
        'text': 'another'
    }
}, {
    'content_hash': 'a' * 64
}, {
    'content_hash': None
}, {
    'hash': 'a' * 64
}, {
    'prev_hash': 'a' * 64
}, {
    'redacted': True
}])
def test_altered_row_is_told_by_its_position(changed: dict[str, Any]) -> None:
    rows = sealed(4)
    content = {**rows[2].content, **changed.get('content', {})}
    rows[2] = replace(rows[2], **(changed | {'content': content}))
    assert follow(Place(), rows)[1] == 3


def test_missing_and_exchanged_rows_are_told() -> None:
    first, second, third = sealed(3)
    assert follow(Place(), [first, third])[1] == 2
    assert follow(Place(), [second, first, third])[1] == 1
    assert follow(Place(), [first, first, second])[1] == 2


def test_redacted_row_keeps_the_chain_whole() -> None:
    rows = sealed(3)
    emptied = {
        **rows[1].content, 'text': REMOVED,
        'target': {
            'type': 'book',
            'id': '1',
            'label': None
        }
    }
    rows[1] = replace(rows[1], content=emptied, redacted=True)
    assert follow(Place(), rows)[1] is None
