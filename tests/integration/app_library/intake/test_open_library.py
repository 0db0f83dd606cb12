from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from talelio_backend.app_library.data import openlibrary
from talelio_backend.app_library.data.metadata_cache import SqlMetadataCache
from talelio_backend.app_library.data.openlibrary import OpenLibrary
from talelio_backend.app_library.data.turns import RedisTurns
from talelio_backend.app_library.domain.intake_errors import MetadataUnavailable
from talelio_backend.app_library.services.looking_up import CachedMetadata
from talelio_backend.bootstrap import House
from tests.fakes import FakeClock
from tests.open_library import OpenLibraryServer, open_library

ISBN = '9780141439587'
AGENT = 'talelio (https://api.example.org; staff@example.org)'


@pytest.fixture(name='server')
def start_server() -> Iterator[OpenLibraryServer]:
    with open_library() as server:
        yield server


@pytest.fixture(name='slept')
def make_slept() -> list[float]:
    return []


@pytest.fixture(name='source')
def make_source(house: House, server: OpenLibraryServer, slept: list[float]) -> OpenLibrary:
    turns = RedisTurns(house.kernel.redis, name='test', interval=1, sleep=slept.append)
    return OpenLibrary(turns=turns, user_agent=AGENT, site=server.url, covers=server.url)


def test_edition_is_read(source: OpenLibrary, server: OpenLibraryServer) -> None:
    server.knows(ISBN,
                 title='Emma',
                 subtitle='a novel',
                 authors=[{'key': '/authors/OL1A', 'name': 'Jane Austen'}, {'key': 'x'}],
                 publishers=['Murray', 'Penguin'],
                 publish_date='December 23, 1815',
                 languages=[{'key': '/languages/eng'}],
                 description={'type': '/type/text', 'value': 'Handsome, clever, and rich.'},
                 covers=[-1, 42])  # yapf: disable
    found = source.find(ISBN, patience=5)
    assert found is not None
    assert (found.isbn13, found.title, found.subtitle) == (ISBN, 'Emma', 'a novel')
    assert (found.authors, found.publisher, found.year) == (('Jane Austen', ), 'Murray', 1815)
    assert (found.language, found.description) == ('en', 'Handsome, clever, and rich.')
    assert (found.source, found.cover_url) == ('openlibrary', f'{server.url}/b/id/42-L.jpg')
    (path, headers), = server.asked
    assert path == f'/api/books?bibkeys=ISBN:{ISBN}&format=json&jscmd=details'
    assert headers['User-Agent'] == AGENT


def test_edition_of_few_words_is_read(source: OpenLibrary, server: OpenLibraryServer) -> None:
    server.knows(ISBN, title='Emma')
    found = source.find(ISBN, patience=5)
    assert found is not None
    assert (found.authors, found.year, found.cover_url, found.description) == ((), None, None,
                                                                               None)


def test_unknown_book_is_a_miss(source: OpenLibrary) -> None:
    assert source.find(ISBN, patience=5) is None


@pytest.mark.parametrize('given', [
    500, 503, 429, b'<html>', b'[]', b'{"ISBN:9780141439587": {}}', b'{"ISBN:9780141439587": []}',
    b'x' * 1024 * 1025
])
def test_answer_that_is_none_is_no_miss(source: OpenLibrary, server: OpenLibraryServer,
                                        given: Any) -> None:
    server.answers['/api'] = given
    with pytest.raises(MetadataUnavailable):
        source.find(ISBN, patience=5)
    assert len(server.asked) == 1


def test_server_that_is_away_or_hangs_is_waited_for_no_longer(source: OpenLibrary,
                                                              server: OpenLibraryServer,
                                                              monkeypatch: pytest.MonkeyPatch,
                                                              house: House) -> None:
    assert openlibrary.TIMEOUT == 5
    monkeypatch.setattr(openlibrary, 'TIMEOUT', 0.2)
    turns = RedisTurns(house.kernel.redis, name='test', interval=1, sleep=lambda _: None)
    server.hangs.set()
    hasty = OpenLibrary(turns=turns, user_agent=AGENT, site=server.url)
    with pytest.raises(MetadataUnavailable):
        hasty.find(ISBN, patience=60)
    nobody = OpenLibrary(turns=turns, user_agent=AGENT, site='http://127.0.0.1:9')
    with pytest.raises(MetadataUnavailable):
        nobody.find(ISBN, patience=60)
    assert source is not None


def test_all_workers_together_ask_once_a_second(source: OpenLibrary, server: OpenLibraryServer,
                                                slept: list[float], house: House) -> None:
    others = RedisTurns(house.kernel.redis, name='test', interval=1, sleep=slept.append)
    assert others.wait(patience=0)
    assert source.find(ISBN, patience=10) is None
    assert others.wait(patience=10)
    # What was slept is what is missing to the first and to the second second.
    first, second = slept
    assert 0 < first <= 1
    assert 1 < second <= 2
    with pytest.raises(MetadataUnavailable):
        source.find(ISBN, patience=0.5)
    assert len(server.asked) == 1
    # Who went away took no turn.
    assert house.kernel.redis.pttl('turns:test') <= 4000


def test_answers_are_kept_30_days_and_misses_one(source: OpenLibrary, server: OpenLibraryServer,
                                                 house: House) -> None:
    clock = FakeClock()
    cache = SqlMetadataCache(house.kernel.engine, house.kernel.read)
    cached = CachedMetadata(source, cache=cache, clock=clock)
    assert cached.find(ISBN, patience=60) is None
    server.knows(ISBN, title='Emma', authors=[{'name': 'Jane Austen'}])
    clock.advance(hours=23)
    assert cached.find(ISBN, patience=60) is None
    clock.advance(hours=1)
    found = cached.find(ISBN, patience=60)
    assert found is not None and found.authors == ('Jane Austen', )
    clock.set(clock.now() + timedelta(days=30) - timedelta(seconds=1))
    assert cached.find(ISBN, patience=60) == found
    assert len(server.asked) == 2
    clock.advance(seconds=1)
    server.answers['/api'] = 500
    server.answers.pop(f'/api/books?bibkeys=ISBN:{ISBN}')
    with pytest.raises(MetadataUnavailable):
        cached.find(ISBN, patience=60)


def test_cover_is_fetched_where_the_source_keeps_it(source: OpenLibrary,
                                                    server: OpenLibraryServer) -> None:
    server.answers |= {'/b/id/42': 302, '/kept.jpg': b'picture', '/b/id/43': 404,
                       '/b/id/44': b'x' * (2 * 1024 * 1024 + 1)}  # yapf: disable
    assert source.cover(f'{server.url}/b/id/42-L.jpg', patience=60) == b'picture'
    assert source.cover(f'{server.url}/b/id/43-L.jpg', patience=60) is None
    assert source.cover('http://elsewhere.example.org/b/id/42-L.jpg', patience=60) is None
    with pytest.raises(MetadataUnavailable):
        source.cover(f'{server.url}/b/id/44-L.jpg', patience=60)
