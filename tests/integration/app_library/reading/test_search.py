from typing import Any

import pytest

from tests.authors import Person, Site
from tests.integration.app_library.reading.library import BOOKS, Library, listed, refusal

# From the best place to the last.
PLACES = ('title', 'subtitle', 'author', 'isbn', 'publisher', 'category', 'description')


def test_places_of_a_word_rank_in_their_order(library: Library, stranger: Person) -> None:
    word = '9780141439587'
    for name in reversed(PLACES):
        said: dict[str, Any] = {name: f'of {word} and more'}
        if name == 'author':
            said = {'authors': [library.author(word)]}
        elif name == 'category':
            said = {'category_id': library.category(word)}
        elif name == 'isbn':
            said = {'isbn13': word}
        elif name == 'title':
            said = {}
        library.book(f'In the {name}' if said else word, **said)
    wanted = [word, *(f'In the {name}' for name in PLACES[1:])]
    assert listed(stranger, q=word) == wanted
    assert listed(stranger, q=word, sort='relevance_asc') == wanted[::-1]


def test_best_place_decides_however_often_others_hold_the_word(library: Library,
                                                               stranger: Person) -> None:
    library.book('Emma')
    library.book('Another', subtitle='emma ' * 20, publisher='emma', description='emma ' * 200)
    assert listed(stranger, q='emma') == ['Emma', 'Another']


@pytest.mark.parametrize('words', [
    'austen emma', 'emma austen', 'EMMA  Áusten', 'emma aus', 'austen em', 'handsome emma',
    'clever novels', 'emma 0-14-143958-0', '978-0-14-143958-7', '978 0 14 143958 7', '97801414'
])
def test_words_are_found_in_any_order_the_last_as_a_beginning(library: Library, stranger: Person,
                                                              words: str) -> None:
    library.book('Emma', description='Handsome, clever and rich.', isbn13='9780141439587')
    library.book('Persuasion')
    assert listed(stranger, q=words) == ['Emma']


@pytest.mark.parametrize('words', ['em austen', 'emma dickens', '…', "' & |", 'emma !'])
def test_other_words_are_not_found(library: Library, stranger: Person, words: str) -> None:
    library.book('Emma')
    assert listed(stranger, q=words) == (['Emma'] if words == 'emma !' else [])


def test_numbers_that_are_no_isbn_stay_words(library: Library, stranger: Person) -> None:
    library.book('1984 and 2001', description='of 12 pages')
    assert listed(stranger, q='1984 2001 12') == ['1984 and 2001']


@pytest.mark.parametrize('words', ['', '   '])
def test_blank_words_narrow_nothing(library: Library, stranger: Person, words: str) -> None:
    library.book('Emma')
    answer = stranger.get(BOOKS, query_string={'q': words}).get_json()
    assert (len(answer['books']), answer['sort']) == (1, 'created_at_desc')


def test_relevance_is_the_order_of_what_was_found(library: Library, stranger: Person) -> None:
    library.book('Emma')
    answer = stranger.get(f'{BOOKS}?q=emma').get_json()
    assert answer['sort'] == 'relevance_desc'
    assert stranger.get(f'{BOOKS}?q=emma&sort_options=only').get_json()['sort'] == 'relevance_desc'
    assert refusal(stranger, sort='relevance_desc') == (400, 'bad_request')


def test_found_books_are_walked_through(library: Library, stranger: Person) -> None:
    for number in range(5):
        library.book(f'Emma {number}', description='emma' if number % 2 else '')
    path, seen = f'{BOOKS}?q=emma&limit=2', []
    while path:
        page = stranger.get(path).get_json()
        seen += [book['title'] for book in page['books']]
        path = f"{BOOKS}?q=emma&limit=2&cursor={page['next']}" if page['next'] else ''
    assert sorted(seen) == [f'Emma {number}' for number in range(5)]


def test_search_joins_the_other_filters(library: Library, stranger: Person) -> None:
    library.book('Emma', year=1815, language='en')
    library.book('Emma again', year=1996, language='fi')
    assert listed(stranger, q='emma', year_from=1900) == ['Emma again']
    assert listed(stranger, q='emma', language='en', sort='title_asc') == ['Emma']


def test_renamed_parents_are_found_by_their_new_names(site: Site, admin: Person,
                                                      library: Library) -> None:
    library.book('Emma')
    for kind, name in (('authors', {'family_name': 'Smith'}), ('categories', {'name': 'Poems'})):
        there = site.execute(f"SELECT id FROM library_{kind.replace('ies', 'y').rstrip('s')}")[0]
        assert admin.patch(f'/v1/library/{kind}/{there.id}', json=name).status_code == 200
    assert listed(admin, q='smith poems') == ['Emma']
    assert listed(admin, q='austen') == listed(admin, q='novels') == []
    assert listed(admin, sort='author_asc') == ['Emma']
