from typing import Any

import pytest

from talelio_backend.app_library.domain.book import Book, Contribution, Role
from talelio_backend.app_library.domain.errors import AlreadyActive, AlreadyInactive
from talelio_backend.app_library.domain.events import (BookCreated, BookDeactivated, BookRestored,
                                                       BookUpdated)
from talelio_backend.shared.domain.errors import Invalid, VersionMismatch
from talelio_backend.shared.domain.events import Change
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import NOON

AUTHOR, CATEGORY, IMAGE = new_id(), new_id(), new_id()


def a_book(**fields: Any) -> Book:
    book = Book.create(now=NOON,
                       **{
                           'title': 'Emma',
                           'subtitle': None,
                           'authors': (Contribution(author_id=AUTHOR), ),
                           'category_id': CATEGORY,
                           'item_type': 'novel',
                           'description': '',
                           'isbn13': None,
                           'publisher': None,
                           'year': 1815,
                           'language': 'en',
                           'cover_image_id': None
                       } | fields)
    return book


def faults_of(fields: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        a_book(**fields)
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


def test_a_new_book_is_active_and_told() -> None:
    book = a_book(cover_image_id=IMAGE)
    assert (book.is_active, book.version, book.created_at, book.updated_at) == (True, 1, NOON,
                                                                                NOON)
    assert book.collect_events() == [BookCreated(book_id=book.id, title='Emma')]


@pytest.mark.parametrize('year', [1000, 1815, NOON.year + 1, None])
def test_a_year_that_may_be(year: int | None) -> None:
    assert a_book(year=year).year == year


def test_a_year_that_may_not_be() -> None:
    assert faults_of({'year': 999}) == [('/year', 'too_small')]
    assert faults_of({'year': NOON.year + 2}) == [('/year', 'too_large')]


def test_nobody_has_one_part_twice() -> None:
    one = Contribution(author_id=AUTHOR)
    editor = Contribution(author_id=AUTHOR, role=Role.EDITOR)
    assert a_book(authors=(one, editor)).authors == (one, editor)
    assert faults_of({'authors': (one, editor, one, editor)}) == [('/authors/2', 'duplicate'),
                                                                  ('/authors/3', 'duplicate')]


def test_an_empty_text_says_as_little_as_none() -> None:
    book = a_book(subtitle='', publisher='')
    assert (book.subtitle, book.publisher) == (None, None)


def test_an_edit_tells_what_changed() -> None:
    book = a_book()
    book.collect_events()
    other = Contribution(author_id=AUTHOR, role=Role.EDITOR)
    book.edit({
        'title': 'Emma',
        'year': None,
        'authors': (other, ),
        'cover_image_id': IMAGE
    },
              now=NOON)
    assert (book.version, book.authors, book.year) == (2, (other, ), None)
    assert book.collect_events() == [
        BookUpdated(book_id=book.id,
                    title='Emma',
                    changed={
                        'year':
                        Change(1815, None),
                        'authors':
                        Change([{
                            'author_id': str(AUTHOR),
                            'role': 'author'
                        }], [{
                            'author_id': str(AUTHOR),
                            'role': 'editor'
                        }]),
                        'cover_image_id':
                        Change(None, str(IMAGE))
                    })
    ]


def test_the_order_of_authors_is_said() -> None:
    one, two = Contribution(author_id=AUTHOR), Contribution(author_id=new_id())
    book = a_book(authors=(one, two))
    book.edit({'authors': (two, one)}, now=NOON)
    assert (book.authors, book.version) == ((two, one), 2)


def test_an_edit_to_the_same_is_none() -> None:
    book = a_book()
    book.collect_events()
    book.edit({'title': 'Emma', 'subtitle': '', 'category_id': CATEGORY}, now=NOON)
    assert (book.version, book.collect_events()) == (1, [])


def test_other_copies_are_an_edit() -> None:
    book = a_book()
    book.edit({}, owned=Change(1, 3), now=NOON)
    assert book.version == 2
    assert book.collect_events()[-1].changes == {'number_owned': Change(1, 3)}


def test_what_a_book_does_not_have_is_not_edited() -> None:
    with pytest.raises(TypeError):
        a_book().edit({'version': 7}, now=NOON)


def test_an_edit_is_refused_as_a_whole() -> None:
    book = a_book()
    with pytest.raises(Invalid):
        book.edit({'title': 'Ema', 'year': 3000}, now=NOON)
    assert (book.title, book.version) == ('Emma', 1)


def test_a_book_leaves_once_and_comes_back_once() -> None:
    book = a_book()
    book.collect_events()
    with pytest.raises(AlreadyActive):
        book.restore(now=NOON)
    book.deactivate(now=NOON)
    assert (book.is_active, book.deactivated_at, book.version) == (False, NOON, 2)
    with pytest.raises(AlreadyInactive):
        book.deactivate(now=NOON)
    book.restore(now=NOON)
    assert (book.is_active, book.deactivated_at, book.version) == (True, None, 3)
    assert book.collect_events() == [
        BookDeactivated(book_id=book.id, title='Emma'),
        BookRestored(book_id=book.id, title='Emma')
    ]


def test_a_version_that_was_seen_is_the_present_one() -> None:
    book = a_book()
    book.expect(None)
    book.expect(1)
    with pytest.raises(VersionMismatch) as refused:
        book.expect(2)
    assert refused.value.data == {'version': 1}
