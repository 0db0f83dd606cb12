import json
from typing import Any

import pytest
from sqlalchemy.orm import Session

from talelio_backend.app_library.data.book_index import index_books
from talelio_backend.app_library.data.book_json import Covers
from talelio_backend.app_library.data.book_queries import SqlBookQueries
from talelio_backend.app_library.domain.isbn import isbn10_of
from talelio_backend.app_library.services.book_queries import BookQueries
from talelio_backend.shared.domain.ids import new_id
from tests.authors import Person, Site
from tests.shelves import Shelves

ISBNS = ('9780000000002', '9780198129905', '9780141439587', '9780306406157', '9791234567896')


@pytest.fixture(name='queries')
def make_queries(site: Site) -> BookQueries:
    covers = Covers(public_url='https://books.example', s3_public_url=None)
    kernel = site.house.kernel
    return SqlBookQueries(kernel.read, covers=covers, cursors=kernel.cursors)


def shown(queries: BookQueries, book_id: Any, reader: Person | None = None) -> dict[str, Any]:
    document = queries.book(book_id, reader_id=None if reader is None else reader.id)
    found: dict[str, Any] = json.loads(document.body)
    return found


@pytest.mark.parametrize('isbn13', ISBNS)
def test_isbn10_is_derived_like_the_domain_derives_it(site: Site, queries: BookQueries,
                                                      isbn13: str) -> None:
    book = Shelves(site).book()
    site.execute('UPDATE library_book SET isbn13 = :isbn', isbn=isbn13)
    found = shown(queries, book.id)
    assert (found['isbn13'], found['isbn10']) == (isbn13, isbn10_of(isbn13))


def test_index_is_made_of_what_the_book_and_its_parents_say(site: Site) -> None:
    book = Shelves(site).book('Ännchen O’Tharau')
    site.execute('UPDATE library_book SET subtitle = :text, publisher = :text, isbn13 = :isbn',
                 text='Größe',
                 isbn=ISBNS[0])
    with Session(site.house.kernel.engine) as session, session.begin():
        index_books(session, [book.id, new_id()])
    row = site.execute('SELECT * FROM library_book')[0]
    assert row.title_key == 'annchen o’tharau'
    assert row.category_key == 'novels'
    assert row.author_key == 'austen\njane'
    assert "'annchen':1A" in row.search and "'grosse':4B" in row.search
    assert "'austen':5C" in row.search and "'0000000000':8" in row.search
    assert "'grosse':1A" in row.search_more and "'novels':2B" in row.search_more
    assert row.version == 1


def test_index_follows_none_but_those_that_are_named(site: Site) -> None:
    shelves = Shelves(site)
    one, other = shelves.book('One'), shelves.book('Other')
    site.execute("UPDATE library_category SET name = 'Poems'")
    with Session(site.house.kernel.engine) as session, session.begin():
        index_books(session, [one.id])
    keys = dict(site.execute('SELECT id, category_key FROM library_book'))
    assert keys == {one.id: 'poems', other.id: ''}
