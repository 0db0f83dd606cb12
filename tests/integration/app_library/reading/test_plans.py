"""How PostgreSQL answers for books at 100,000 of them: by index, and in one statement a page."""

import re
from typing import Any

import pytest

from benchmarks.library_rows import row_id
from tests.authors import Person, Site
from tests.integration.app_library.reading.library import BOOKS
from tests.plans import Node, explained, read_whole
from tests.statements import recorded

# Beside these the other tables are small, or hold a row for each book that is shown.
WATCHED = re.compile(r'^library_(book|loan|ledger_entry)$')
SORTS = ('created_at', 'title', 'loans_count', 'category', 'author', 'year', 'available_copies',
         'active_loans_count')
CATEGORY, OTHER, AUTHOR = row_id('category', 5), row_id('category', 6), row_id('author', 77)
FILTERS = ('status=inactive', 'status=all', 'q=beram', 'q=4711', 'q=tale', 'q=tale+amb',
           'q=family77', 'title=amb', 'title=a', 'title=77', 'title=%25', f'category={CATEGORY}',
           f'category={CATEGORY}&category={OTHER}', f'author={AUTHOR}', 'language=fi',
           'language=fi&language=en', 'item_type=novel', 'available=true', 'isbn=9780306406157',
           'year_from=2000', 'year_to=1510', 'year_from=1700&year_to=1701',
           'since=2020-01-01T00:00:00Z', 'before=2016-02-01T00:00:00Z')


def sent_by(site: Site, person: Person, path: str) -> list[tuple[str, Any]]:
    """The statements of ``GET path`` on connections that have planned it."""
    assert person.get(path).status_code == 200
    with recorded(site.house) as sent:
        assert person.get(path).status_code == 200
    return sent


def plan(site: Site, person: Person, path: str) -> list[Node]:
    """The plan of the statement that reads the page, flat."""
    statement, parameters = sent_by(site, person, path)[-1]
    return explained(site.house.read_engine, statement, parameters)


def assert_by_index(nodes: list[Node]) -> None:
    assert not [table for table in read_whole(nodes) if WATCHED.match(table)]


@pytest.mark.parametrize('direction', ['asc', 'desc'])
@pytest.mark.parametrize('option', SORTS)
def test_every_sort_reads_a_page_of_its_index(big_library: Site, staff: Person, option: str,
                                              direction: str) -> None:
    path = f'{BOOKS}?sort={option}_{direction}'
    cursor = staff.get(path).get_json()['next']
    for page in (path, f'{path}&cursor={cursor}'):
        nodes = plan(big_library, staff, page)
        assert_by_index(nodes)
        for node in nodes:
            # What is thrown away is an inactive book here and there.
            assert node.get('Rows Removed by Filter', 0) < 100
            assert 'Sort' not in node['Node Type'] or node['Actual Rows'] < 100


@pytest.mark.parametrize('query', FILTERS)
def test_every_filter_is_answered_by_an_index(big_library: Site, staff: Person,
                                              query: str) -> None:
    for sort in ('', '&sort=title_asc', '&sort=loans_count_desc'):
        assert_by_index(plan(big_library, staff, f'{BOOKS}?{query}{sort}'))


@pytest.mark.parametrize('query', [
    '', '&q=tale', '&q=4711', f'&category={CATEGORY}', f'&author={AUTHOR}',
    '&language=fi&available=true', '&title=a', '&title=amb', '&status=all', '&year_from=1600',
    '&item_type=novel', '&since=2017-01-01T00:00:00Z'
])
def test_facets_are_counted_from_an_index(big_library: Site, staff: Person, query: str) -> None:
    assert_by_index(plan(big_library, staff, f'{BOOKS}?facets=true{query}'))


def test_public_page_counts_no_rows(big_library: Site) -> None:
    nodes = plan(big_library, big_library.stranger, BOOKS)
    assert max(node['Actual Rows'] for node in nodes) <= 100


@pytest.mark.parametrize(('query', 'statements'), [('', 1), ('sort=title_asc', 1), ('q=tale', 1),
                                                   ('facets=true', 1), (f'category={CATEGORY}', 2),
                                                   ('page=2', 2)])
def test_number_of_statements_is_fixed(big_library: Site, staff: Person, query: str,
                                       statements: int) -> None:
    for more in ('', '&limit=1', '&limit=50'):
        for person in (big_library.stranger, staff):
            assert len(sent_by(big_library, person, f'{BOOKS}?{query}{more}')) == statements


def test_known_page_is_one_statement(big_library: Site) -> None:
    stranger = big_library.stranger
    tag = stranger.get(BOOKS).headers['ETag']
    stranger.get(BOOKS, if_none_match=tag)
    with recorded(big_library.house) as sent:
        assert stranger.get(BOOKS, if_none_match=tag).status_code == 304
    assert len(sent) == 1


@pytest.mark.parametrize('path', ['/v1/library/statistics', '/v1/library/statistics/dashboard'])
def test_figures_are_not_counted_anew(big_library: Site, staff: Person, path: str) -> None:
    assert_by_index(plan(big_library, staff, path))
