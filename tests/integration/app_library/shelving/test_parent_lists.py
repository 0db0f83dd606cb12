"""The lists of authors and categories."""

from typing import Any

import pytest

from tests.authors import Person, Site
from tests.integration.app_library.shelving.shelf import AUTHORS, BOTH, CATEGORIES, Shelf, refusal

PUBLIC = {
    AUTHORS: [('books_count', 'Books'), ('family_name', 'Family name'),
              ('given_name', 'Given name'), ('created_at', 'Recency')],
    CATEGORIES: [('books_count', 'Books'), ('name', 'Name'), ('created_at', 'Recency')],
}
STAFF = [('all_books_count', 'All books'), ('active_loans_count', 'Current loans'),
         ('loans_count', 'Popularity')]


def rows(person: Person, path: str, query: str = '') -> list[dict[str, Any]]:
    answer = person.get(f'{path}?{query}')
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()[path.rpartition('/')[2]]
    return found


def names(person: Person, path: str, query: str = '') -> list[str]:
    return [row['full_name' if path == AUTHORS else 'name'] for row in rows(person, path, query)]


@pytest.fixture(name='names_of_people')
def add_authors(shelf: Shelf) -> None:
    for given, family in (('Émile', 'Zola'), (None, 'Homer'), ('anna', 'Ähtäri'), ('Zoë', 'abbot'),
                          (None, 'Sappho')):
        shelf.author(family, given)


def test_options_are_told_without_rows(stranger: Person, admin: Person) -> None:
    for path, options in PUBLIC.items():
        for person, wanted in ((stranger, options), (admin, options + STAFF)):
            shown = person.get(f'{path}?sort_options=only').get_json()
            assert set(shown) == {'sort', 'sort_options'} and shown['sort'] == 'books_count_desc'
            assert [(option['id'], option['label']) for option in shown['sort_options']] == wanted


@pytest.mark.parametrize('path', BOTH)
def test_staff_s_options_are_no_options_of_others(stranger: Person, ada: Person, admin: Person,
                                                  path: str) -> None:
    for option, _ in STAFF:
        for person in (stranger, ada):
            assert refusal(person.get(f'{path}?sort={option}_desc')) == (400, 'bad_request')
        assert admin.get(f'{path}?sort={option}_asc').status_code == 200


@pytest.mark.parametrize('path', BOTH)
@pytest.mark.parametrize('query',
                         ['status=inactive', 'status=all', 'having=active_loans', 'having=loans'])
def test_what_is_for_staff_alone(stranger: Person, ada: Person, admin: Person, path: str,
                                 query: str) -> None:
    for person in (stranger, ada):
        assert refusal(person.get(f'{path}?{query}')) == (403, 'not_permitted')
    assert rows(admin, path, query) == []


@pytest.mark.parametrize('path', BOTH)
@pytest.mark.parametrize('query', [
    'status=gone', 'having=pages', 'sort=name', 'sort=_asc', 'limit=0', 'limit=101', 'page=0',
    'cursor=x', 'status=', 'q=' + 'x' * 201, 'q=%00'
])
def test_what_cannot_be_served_is_refused(admin: Person, path: str, query: str) -> None:
    assert refusal(admin.get(f'{path}?{query}')) == (400, 'bad_request')


@pytest.mark.parametrize('sort, wanted', [
    ('family_name_asc', ['Zoë abbot', 'anna Ähtäri', 'Homer', 'Sappho', 'Émile Zola']),
    ('family_name_desc', ['Émile Zola', 'Sappho', 'Homer', 'anna Ähtäri', 'Zoë abbot']),
    ('given_name_asc', ['anna Ähtäri', 'Émile Zola', 'Zoë abbot', 'Homer', 'Sappho']),
    ('given_name_desc', ['Zoë abbot', 'Émile Zola', 'anna Ähtäri', 'Sappho', 'Homer']),
    ('created_at_asc', ['Émile Zola', 'Homer', 'anna Ähtäri', 'Zoë abbot', 'Sappho']),
    ('books_count_desc', ['Sappho', 'Zoë abbot', 'anna Ähtäri', 'Homer', 'Émile Zola']),
])
@pytest.mark.usefixtures('names_of_people')
def test_authors_are_sorted_without_case_and_accents(stranger: Person, sort: str,
                                                     wanted: list[str]) -> None:
    assert names(stranger, AUTHORS, f'sort={sort}') == wanted
    seen, cursor = [], ''
    for _ in wanted:
        page = stranger.get(f'{AUTHORS}?sort={sort}&limit=1{cursor}').get_json()
        seen += [row['full_name'] for row in page['authors']]
        cursor = f"&cursor={page['next']}"
    assert seen == wanted and page['next'] is None
    assert names(stranger, AUTHORS, f'sort={sort}&limit=2&page=2') == wanted[2:4]


@pytest.mark.parametrize('q, wanted', [
    ('zo', ['Zoë abbot', 'Émile Zola']),
    ('EMILE Z', ['Émile Zola']),
    ('ähta', ['anna Ähtäri']),
    ('a a', ['anna Ähtäri']),
    (' Homer ', ['Homer']),
    ('%', []),
    ('mer', ['Homer']),
    (' ', ['Zoë abbot', 'anna Ähtäri', 'Homer', 'Sappho', 'Émile Zola']),
])
@pytest.mark.usefixtures('names_of_people')
def test_an_author_is_found_by_a_part_of_the_name(stranger: Person, q: str,
                                                  wanted: list[str]) -> None:
    assert names(stranger, AUTHORS, f'sort=family_name_asc&q={q}') == wanted


def test_categories_are_sorted_and_found_without_case_and_accents(stranger: Person,
                                                                  shelf: Shelf) -> None:
    for name in ('Épics', 'drama', 'Essays', 'Äventyr'):
        shelf.category(name)
    assert names(stranger, CATEGORIES, 'sort=name_asc') == ['Äventyr', 'drama', 'Épics', 'Essays']
    assert names(stranger, CATEGORIES, 'sort=created_at_desc&limit=1') == ['Äventyr']
    assert names(stranger, CATEGORIES, 'q=EP') == ['Épics']
    assert names(stranger, CATEGORIES, 'q=_') == []


def test_inactive_ones_are_listed_for_staff(stranger: Person, admin: Person, shelf: Shelf) -> None:
    shelf.category('Novels')
    gone = shelf.category('Tales')
    shelf.do(f'{CATEGORIES}/{gone}', 'deactivate')
    assert names(stranger, CATEGORIES) == names(admin, CATEGORIES) == ['Novels']
    assert names(admin, CATEGORIES, 'status=inactive') == ['Tales']
    assert names(admin, CATEGORIES, 'status=all&sort=name_asc') == ['Novels', 'Tales']
    assert admin.get(f'{CATEGORIES}?status=all&page=1').headers['X-Total-Count'] == '2'


@pytest.mark.parametrize('path', BOTH)
def test_only_those_that_have_something(stranger: Person, ada: Person, admin: Person, site: Site,
                                        shelf: Shelf, path: str) -> None:
    reader = site.member('reader')
    shelf.category('Bare')
    shelf.author('Bare')
    booked = {
        name: shelf.book(name,
                         category=shelf.category(name),
                         authors={shelf.author(name): 'editor'})
        for name in ('Booked', 'Lent', 'Returned')
    }
    _, loan = (shelf.lend(booked[name], reader) for name in ('Lent', 'Returned'))
    assert reader.post(f'/v1/library/loans/{loan}/return').status_code == 200
    shelf.do(f"/v1/library/books/{booked['Returned']}", 'deactivate')
    assert set(names(stranger, path, 'having=books')) == {'Booked', 'Lent'}
    assert names(ada, path, 'having=books&q=boo') == ['Booked']
    assert names(admin, path, 'having=active_loans') == ['Lent']
    assert set(names(admin, path, 'having=loans')) == {'Lent', 'Returned'}
    assert names(admin, path, 'having=loans&sort=all_books_count_desc&q=ret') == ['Returned']


@pytest.mark.parametrize('path', BOTH)
def test_a_list_is_sent_once(stranger: Person, admin: Person, shelf: Shelf, path: str) -> None:
    thing = shelf.author('Novels') if path == AUTHORS else shelf.category('Novels')
    for person in (stranger, admin):
        tag = person.get(path).headers['ETag']
        assert person.get(path, if_none_match=tag).status_code == 304
        book = shelf.book('Emma',
                          category=shelf.category(f'More {person.name}'),
                          authors={shelf.author('Austen'): 'author'})
        shelf.do(f'/v1/library/books/{book}', 'deactivate')
        assert person.get(path, if_none_match=tag).status_code == 200
    assert thing in {row['id'] for row in rows(stranger, path)}


def test_a_cursor_belongs_to_its_list(admin: Person, shelf: Shelf) -> None:
    for name in ('Novels', 'Tales'):
        shelf.category(name)
        shelf.author(name)
    cursor = admin.get(f'{CATEGORIES}?limit=1').get_json()['next']
    for query in (f'{AUTHORS}?limit=1', f'{CATEGORIES}?limit=1&status=all',
                  f'{CATEGORIES}?limit=1&having=books', f'{CATEGORIES}?limit=1&q=a',
                  f'{CATEGORIES}?limit=1&sort=name_asc'):
        assert refusal(admin.get(f'{query}&cursor={cursor}')) == (400, 'bad_request')
    assert len(rows(admin, CATEGORIES, f'limit=1&cursor={cursor}')) == 1
