"""What becomes of books when a category or an author changes."""

from typing import Any

import pytest

from tests.authors import Person, Site
from tests.integration.app_library.shelving.shelf import (AUTHORS, BOOKS, BOTH, CATEGORIES,
                                                          LIBRARY, Shelf, refusal)
from tests.parallel import at_once
from tests.statements import recorded


@pytest.fixture(name='parents')
def make_parents(shelf: Shelf) -> dict[str, str]:
    """The paths of a category and an author, by their lists."""
    return {
        CATEGORIES: f"{CATEGORIES}/{shelf.category('Novels')}",
        AUTHORS: f"{AUTHORS}/{shelf.author('Austen', 'Jane')}",
    }


def book_of(shelf: Shelf, parents: dict[str, str], title: str = 'Emma', **more: Any) -> str:
    category, author = (parents[path].rpartition('/')[2] for path in (CATEGORIES, AUTHORS))
    book = shelf.book(title, category=category, authors={author: 'translator'}, **more)
    return f'{BOOKS}/{book}'


@pytest.mark.parametrize('kind', BOTH)
def test_books_fall_with_their_parent_and_stay_down(shelf: Shelf, parents: dict[str, str],
                                                    kind: str, site: Site) -> None:
    first, second, fallen = (book_of(shelf, parents, title) for title in ('Emma', 'Love', 'Old'))
    other = shelf.book('Other',
                       category=shelf.category('Tales'),
                       authors={shelf.author('Eyre'): 'author'})
    before = shelf.do(fallen, 'deactivate')
    gone = shelf.do(parents[kind], 'deactivate')
    assert (gone['active'], gone['books_count'], gone['all_books_count']) == (False, 0, 3)
    for book in (first, second):
        shown = shelf.shown(book)
        assert (shown['active'], shown['version']) == (False, 2)
        assert shown['deactivated_at'] == shown['updated_at'] == gone['deactivated_at']
    assert shelf.shown(fallen) == before | {
        'authors': shelf.shown(fallen)['authors'],
        'category': shelf.shown(fallen)['category']
    }
    assert shelf.shown(f'{BOOKS}/{other}')['active']
    told = [row.action for row in site.activity()]
    assert told.count('book_deactivated') == 3
    back = shelf.do(parents[kind], 'restore')
    assert (back['books_count'], back['all_books_count']) == (0, 3)
    assert not shelf.shown(first)['active']
    assert shelf.do(first, 'restore')['active']


@pytest.mark.parametrize('kind', BOTH)
def test_borrowers_keep_their_books_and_holds_are_cancelled(shelf: Shelf, parents: dict[str, str],
                                                            kind: str, site: Site) -> None:
    reader, waiting = site.member('reader'), site.member('waiting')
    book = book_of(shelf, parents)
    book_id = book.rpartition('/')[2]
    loan = shelf.lend(book_id, reader)
    hold = waiting.post(f'{LIBRARY}/holds', json={'book_id': book_id}).get_json()
    assert waiting.post(f'{LIBRARY}/favourites', json={'book_id': book_id}).status_code == 201
    shelf.do(parents[kind], 'deactivate')
    assert waiting.get(f"{LIBRARY}/holds/{hold['id']}").get_json()['state'] == 'cancelled'
    assert len(waiting.get(f'{LIBRARY}/favourites').get_json()['favourites']) == 1
    assert refusal(waiting.post(f'{LIBRARY}/loans', json={'book_id':
                                                          book_id})) == (409, 'book_inactive')
    assert reader.post(f'{LIBRARY}/loans/{loan}/extend').status_code == 200
    shown = shelf.shown(parents[kind])
    assert (shown['active_loans_count'], shown['loans_count']) == (1, 1)
    assert reader.post(f'{LIBRARY}/loans/{loan}/return').status_code == 200
    assert shelf.shown(parents[kind])['active_loans_count'] == 0


@pytest.mark.parametrize('kind', BOTH)
def test_the_number_of_statements_does_not_grow_with_the_books(shelf: Shelf, kind: str, site: Site,
                                                               parents: dict[str, str]) -> None:
    numbers = []
    for count in (1, 5):
        for number in range(count):
            book_of(shelf, parents, f'Book {count} {number}')
        with recorded(site.house) as sent:
            shelf.do(parents[kind], 'deactivate')
        numbers.append(
            sum(not statement.startswith(('PREPARE', 'EXECUTE')) for statement, _ in sent))
        shelf.do(parents[kind], 'restore')
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize('kind', BOTH)
def test_no_active_book_is_left_below_what_is_inactive(admin: Person, shelf: Shelf, kind: str,
                                                       site: Site, parents: dict[str,
                                                                                 str]) -> None:
    category, author = (parents[path].rpartition('/')[2] for path in (CATEGORIES, AUTHORS))
    body = {'title': 'Emma', 'category_id': category, 'authors': [{'author_id': author}]}

    def race(number: int) -> int:
        if number == 3:
            return admin.post(f'{parents[kind]}/deactivate').status_code
        return admin.post(BOOKS, json=body).status_code

    *made, _last = answers = at_once(8, race)
    assert answers[3] == 200 and set(made) <= {200, 201, 409}
    left = site.execute('SELECT count(*) FROM library_book WHERE deactivated_at IS NULL')
    assert left[0][0] == 0
    shown = shelf.shown(parents[kind])
    assert shown['books_count'] == 0
    assert shown['all_books_count'] == answers.count(201)


def test_books_are_found_and_sorted_by_the_new_name(admin: Person, shelf: Shelf, site: Site,
                                                    parents: dict[str, str]) -> None:
    book = book_of(shelf, parents).rpartition('/')[2]
    version = shelf.shown(f'{BOOKS}/{book}')['version']
    admin.patch(parents[AUTHORS], json={'family_name': 'Éyre'})
    admin.patch(parents[CATEGORIES], json={'name': 'TALES'})
    row, = site.execute('SELECT author_key, category_key, search::text AS words, '
                        'search_more::text AS more FROM library_book')
    assert row.author_key.startswith('eyre') and row.category_key == 'tales'
    assert "'eyre'" in row.words and 'austen' not in row.words
    assert "'tales'" in row.more and 'novels' not in row.more
    shown = shelf.shown(f'{BOOKS}/{book}')
    assert shown['authors'][0]['full_name'] == 'Jane Éyre'
    assert (shown['category']['name'], shown['version']) == ('TALES', version)
