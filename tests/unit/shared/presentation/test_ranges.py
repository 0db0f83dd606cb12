from datetime import UTC, datetime

import pytest
from flask import Flask

from talelio_backend.shared.presentation.problems import RangeNotSatisfiable, respond
from talelio_backend.shared.presentation.ranges import ByteRange, wanted_range

SIZE, ETAG = 1000, '"abc"'
MODIFIED = datetime(2026, 3, 14, 12, 0, 0, 123456, tzinfo=UTC)
SAME_DATE, OTHER_DATE = 'Sat, 14 Mar 2026 12:00:00 GMT', 'Sat, 14 Mar 2026 12:00:01 GMT'
APP = Flask('ranges')


def wanted(method: str = 'GET', **headers: str) -> ByteRange | None:
    named = {name.replace('_', '-'): value for name, value in headers.items()}
    with APP.test_request_context(method=method, headers=named):
        return wanted_range(size=SIZE, etag=ETAG, last_modified=MODIFIED)


@pytest.mark.parametrize('header, first, last', [
    ('bytes=0-0', 0, 0),
    ('bytes=0-499', 0, 499),
    ('bytes=500-', 500, 999),
    ('bytes=999-999', 999, 999),
    ('bytes=990-5000', 990, 999),
    ('bytes=-1', 999, 999),
    ('bytes=-5000', 0, 999),
    ('Bytes= 1-2 ', 1, 2),
])
def test_one_range_is_cut_to_what_there_is(header: str, first: int, last: int) -> None:
    part = wanted(Range=header)
    assert part == ByteRange(first, last, SIZE)
    assert part.length == last - first + 1
    assert part.content_range == f'bytes {first}-{last}/1000'


@pytest.mark.parametrize('header', [
    'bytes=0-1,5-6', 'bytes=', 'bytes=-', 'bytes=5-2', 'bytes=a-b', 'bytes 0-1', 'pages=0-1',
    'bytes=1', 'bytes=0x1-2', 'bytes=\u0661-\u0662', 'bytes=--1', ''
])
def test_several_and_malformed_ranges_are_the_whole(header: str) -> None:
    assert wanted(Range=header) is None


def test_without_a_range_it_is_the_whole() -> None:
    assert wanted() is None


@pytest.mark.parametrize(
    'header', ['bytes=1000-', 'bytes=1000-1001', 'bytes=-0', 'bytes=99999999999999999-'])
def test_a_range_past_the_end_is_refused_with_the_size(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable) as refused:
        wanted(Range=header)
    with APP.test_request_context():
        answer = respond(refused.value)
    assert answer.status_code == 416
    assert answer.headers['Content-Range'] == 'bytes */1000'


@pytest.mark.parametrize('method', ['HEAD', 'POST'])
def test_a_range_means_something_to_get_alone(method: str) -> None:
    assert wanted(method, Range='bytes=5000-') is None


@pytest.mark.parametrize('condition, is_part', [
    (ETAG, True),
    ('"other"', False),
    ('W/"abc"', False),
    ('abc', False),
    (SAME_DATE, True),
    (OTHER_DATE, False),
    ('yesterday', False),
])
def test_if_range_asks_for_the_whole_of_another_state(condition: str, is_part: bool) -> None:
    part = wanted(Range='bytes=0-1', If_Range=condition)
    assert (part is not None) is is_part


def test_if_range_spares_a_refusal() -> None:
    assert wanted(Range='bytes=5000-', If_Range='"other"') is None
