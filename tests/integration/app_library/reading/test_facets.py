from typing import Any

import pytest

from tests.authors import Person
from tests.integration.app_library.reading.library import BOOKS, Library


@pytest.fixture(name='shelf')
def make_shelf(library: Library) -> Library:
    """Three books in English and two in Finnish; two poems, three plays; one inactive."""
    poems, plays = library.category('Poems'), library.category('Plays')
    ann, bea = library.author('Ann', 'A.'), library.author('Bea')
    rows: list[tuple[Any, ...]] = [(poems, [ann], 'en', 1), (poems, [bea, ann], 'fi', 0),
                                   (plays, [bea], 'en', 2), (plays, [bea], 'en', 0),
                                   (plays, [ann], 'fi', 1)]
    for number, (category_id, authors, language, copies) in enumerate(rows):
        library.book(f'Book {number}',
                     category_id=category_id,
                     authors=authors,
                     language=language,
                     copies=copies,
                     item_type='fiction' if number == 4 else 'regular')
    library.book('Gone', language='sv', deactivated_at='2026-01-01T00:00:00Z')
    return library


def facets(person: Person, **query: Any) -> dict[str, dict[str, int]]:
    """The counts by label."""
    answer = person.get(BOOKS, query_string={'facets': 'true'} | query)
    assert answer.status_code == 200, answer.text
    return {
        name: {
            entry['label']: entry['count']
            for entry in entries
        }
        for name, entries in answer.get_json()['facets'].items()
    }


def ids(person: Person, name: str) -> dict[str, str]:
    found = person.get(f'{BOOKS}?facets=true').get_json()['facets'][name]
    return {entry['label']: entry['id'] for entry in found}


def test_everything_is_counted(shelf: Library, stranger: Person) -> None:
    assert shelf and facets(stranger) == {
        'category': {
            'Plays': 3,
            'Poems': 2
        },
        'author': {
            'A. Ann': 3,
            'Bea': 3
        },
        'language': {
            'en': 3,
            'fi': 2
        },
        'item_type': {
            'Regular': 4,
            'Fiction': 1
        },
        'available': {
            'Available': 3
        },
    }


def test_most_frequent_come_first(shelf: Library, stranger: Person) -> None:
    found = stranger.get(f'{BOOKS}?facets=true').get_json()['facets']
    assert shelf
    assert [(one['id'], one['count']) for one in found['language']] == [('en', 3), ('fi', 2)]
    assert [one['label'] for one in found['author']] == ['A. Ann', 'Bea']
    assert found['available'] == [{'id': 'true', 'label': 'Available', 'count': 3}]
    assert [one['id'] for one in found['item_type']] == ['regular', 'fiction']


def test_each_is_counted_under_all_filters_but_its_own(shelf: Library, stranger: Person) -> None:
    assert shelf
    found = facets(stranger, category=ids(stranger, 'category')['Plays'], language='en')
    assert found['category'] == {'Plays': 2, 'Poems': 1}  # in English
    assert found['language'] == {'en': 2, 'fi': 1}  # plays
    assert found['author'] == {'Bea': 2}
    assert found['available'] == {'Available': 1}


def test_counts_of_a_filter_alone_know_no_filter(shelf: Library, stranger: Person) -> None:
    assert shelf
    every = facets(stranger)
    assert facets(stranger, author=ids(stranger, 'author')['Bea'])['author'] == every['author']
    found = facets(stranger, available='true')
    assert found['available'] == every['available']
    assert found['language'] == {'en': 2, 'fi': 1}


def test_other_filters_narrow_all(shelf: Library, stranger: Person, admin: Person) -> None:
    assert shelf
    assert facets(stranger, q='book', title='k 4')['language'] == {'fi': 1}
    assert facets(stranger, q='nothing')['category'] == {}
    assert facets(stranger, q='nothing')['available'] == {'Available': 0}
    assert facets(admin, status='inactive')['language'] == {'sv': 1}
    assert facets(admin, status='all')['language'] == {'en': 3, 'fi': 2, 'sv': 1}


def test_twenty_of_each_are_shown(library: Library, stranger: Person) -> None:
    for number in range(22):
        library.book('Book', category_id=library.category(f'Category {number:02}'))
    found = facets(stranger)['category']
    assert list(found) == [f'Category {number:02}' for number in range(20)]


def test_page_is_known_with_its_facets(library: Library, stranger: Person) -> None:
    book_id = library.book('Book', language='en')
    path = f'{BOOKS}?facets=true&limit=1'
    library.book('Newer')
    library.book('Newest')
    tag = stranger.get(path).headers['ETag']
    assert stranger.get(path, if_none_match=tag).status_code == 304
    assert tag != stranger.get(f'{BOOKS}?limit=1').headers['ETag']
    library.book('Oldest', created_at='2000-01-01T00:00:00Z', language='fi')
    assert book_id and stranger.get(path, if_none_match=tag).status_code == 200
