from typing import Any

import pytest

from talelio_backend.shared.domain.ids import new_id
from tests.authors import Person
from tests.integration.app_library.reading.library import Library, listed, refusal


@pytest.fixture(name='shelf')
def make_shelf(library: Library) -> Library:
    library.book('100% Wool', year=1999, language='en', created_at='2020-01-01T00:00:00Z')
    library.book('100 Years', year=2001, language='fi', created_at='2021-01-01T00:00:00Z')
    library.book('snake_case', item_type='fiction', copies=0, created_at='2022-01-01T00:00:00Z')
    library.book("L'Étranger's", isbn13='9780141439587', created_at='2023-01-01T00:00:00Z')
    return library


@pytest.mark.parametrize(('needle', 'titles'), [
    ('100%', ['100% Wool']),
    ('100', ['100 Years', '100% Wool']),
    ('%', ['100% Wool']),
    ('_', ['snake_case']),
    ('_C', ['snake_case']),
    ('SNAKE_', ['snake_case']),
    ("'s", ["L'Étranger's"]),
    ("'", ["L'Étranger's"]),
    ('étrang', ["L'Étranger's"]),
    ('0 y', ['100 Years']),
    ('ear', ['100 Years']),
    ('s', ["L'Étranger's", 'snake_case', '100 Years']),
    ('wool 100', []),
    ('\\', []),
    ('', ["L'Étranger's", 'snake_case', '100 Years', '100% Wool']),
])
def test_title_is_a_literal_part(shelf: Library, stranger: Person, needle: str,
                                 titles: list[str]) -> None:
    assert shelf and listed(stranger, title=needle) == titles


@pytest.mark.parametrize(('query', 'titles'), [
    ({
        'language': 'fi'
    }, ['100 Years']),
    ({
        'language': ['FI', 'en']
    }, ['100 Years', '100% Wool']),
    ({
        'language': 'sv'
    }, []),
    ({
        'item_type': 'fiction'
    }, ['snake_case']),
    ({
        'item_type': ['fiction', 'novel']
    }, ['snake_case']),
    ({
        'item_type': 'regular',
        'language': 'en'
    }, ['100% Wool']),
    ({
        'available': 'true'
    }, ["L'Étranger's", '100 Years', '100% Wool']),
    ({
        'isbn': '978-0-14-143958-7'
    }, ["L'Étranger's"]),
    ({
        'isbn': '0-14-143958-0'
    }, ["L'Étranger's"]),
    ({
        'isbn': '9780000000002'
    }, []),
    ({
        'year_from': '2000'
    }, ['100 Years']),
    ({
        'year_to': '1999'
    }, ['100% Wool']),
    ({
        'year_from': '1999',
        'year_to': '2001'
    }, ['100 Years', '100% Wool']),
    ({
        'since': '2021-01-01T00:00:00Z',
        'before': '2023-01-01T00:00:00Z'
    }, ['snake_case', '100 Years']),
])
def test_filter(shelf: Library, stranger: Person, query: dict[str, Any],
                titles: list[str]) -> None:
    assert shelf and listed(stranger, **query) == titles


def test_values_of_one_filter_widen_and_filters_narrow(library: Library, stranger: Person) -> None:
    poems, plays = library.category('Poems'), library.category('Plays')
    ann, bea = library.author('Ann'), library.author('Bea')
    library.book('Poems of Ann', category_id=poems, authors=[ann])
    library.book('Plays of Ann', category_id=plays, authors=[ann])
    library.book('Plays of both', category_id=plays, authors=[bea, ann])
    library.book('Novel of Bea', authors=[bea])
    assert listed(stranger, category=[poems,
                                      plays]) == ['Plays of both', 'Plays of Ann', 'Poems of Ann']
    assert listed(stranger, author=bea) == ['Novel of Bea', 'Plays of both']
    assert len(listed(stranger, author=[ann, bea])) == 4
    assert listed(stranger, category=plays, author=[bea]) == ['Plays of both']


@pytest.mark.parametrize(('query', 'code'), [
    ({
        'category': str(new_id())
    }, 'category_not_found'),
    ({
        'author': str(new_id())
    }, 'author_not_found'),
    ({
        'item_type': ['regular', 'nothing']
    }, 'item_type_not_found'),
])
def test_id_that_names_nothing_is_not_found(stranger: Person, query: dict[str, Any],
                                            code: str) -> None:
    assert refusal(stranger, **query) == (404, code)


@pytest.mark.parametrize('query', [
    {
        'category': 'x'
    },
    {
        'isbn': '9780141439588'
    },
    {
        'isbn': '123'
    },
    {
        'available': 'false'
    },
    {
        'year_from': 'old'
    },
    {
        'since': 'yesterday'
    },
    {
        'status': 'gone'
    },
    {
        'facets': 'yes'
    },
    {
        'language': 'not a tag'
    },
    {
        'item_type': 'Not A Slug'
    },
])
def test_malformed_filter_is_refused(stranger: Person, query: dict[str, Any]) -> None:
    assert refusal(stranger, **query) == (400, 'bad_request')
