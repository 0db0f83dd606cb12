"""How PostgreSQL answers for 20,000 authors of 100,000 books with 300,000 loans: no list reads
these tables whole, and each is one statement."""

from typing import Any

import pytest

from benchmarks.library_rows import row_id
from tests.authors import Person, Site
from tests.integration.app_library.shelving.shelf import AUTHORS, BOTH, CATEGORIES
from tests.plans import Node, explained, read_whole
from tests.statements import recorded

NEVER_WHOLE = ('library_book', 'library_loan', 'library_copy', 'library_book_author',
               'library_book_figures', 'library_ledger_entry')
OWN = {
    AUTHORS: ('books_count', 'family_name', 'given_name', 'created_at'),
    CATEGORIES: ('books_count', 'name', 'created_at'),
}
STAFF = ('all_books_count', 'active_loans_count', 'loans_count')


def plan(site: Site, person: Person, path: str, **more: Any) -> list[Node]:
    """The plan of the one statement that ``GET path`` sends, flat."""
    # So that there is one connection, on which a statement that is kept was planned.
    site.house.read_engine.dispose()
    with recorded(site.house) as sent:
        answer = person.get(path, **more)
    assert answer.status_code in (200, 304), answer.text
    asked = [(statement, values) for statement, values in sent
             if not statement.startswith('PREPARE')]
    assert len(asked) == 1
    return explained(site.house.read_engine, *asked[0])


def most_rows(nodes: list[Node], *relations: str) -> float:
    """What the scans of ``relations`` gave and threw away, all loops together."""
    return max(
        (node['Actual Loops'] * (node['Actual Rows'] + node.get('Rows Removed by Filter', 0))
         for node in nodes if node.get('Relation Name') in relations),
        default=0)


@pytest.mark.parametrize('direction', ['asc', 'desc'])
@pytest.mark.parametrize('option', [*OWN[AUTHORS], *STAFF])
def test_authors_by_every_sort(big_library: Site, staff: Person, option: str,
                               direction: str) -> None:
    people = [staff] if option in STAFF else [big_library.stranger, staff]
    for person in people:
        path = f'{AUTHORS}?sort={option}_{direction}'
        answer = person.get(path)
        following = f"{path}&cursor={answer.get_json()['next']}"
        for page in (path, following):
            nodes = plan(big_library, person, page)
            assert not read_whole(nodes)
            # A page, and not all authors, was read; and the few open loans of its own.
            assert most_rows(nodes, 'library_author', 'library_author_figures') < 100
            assert most_rows(nodes, 'library_book_author', 'library_loan') < 1000
        tag = answer.headers['ETag']
        assert not read_whole(plan(big_library, person, path, if_none_match=tag))


@pytest.mark.parametrize('direction', ['asc', 'desc'])
@pytest.mark.parametrize('option', [*OWN[CATEGORIES], *STAFF])
def test_categories_by_every_sort(big_library: Site, staff: Person, option: str,
                                  direction: str) -> None:
    people = [staff] if option in STAFF else [big_library.stranger, staff]
    for person in people:
        path = f'{CATEGORIES}?sort={option}_{direction}'
        cursor = person.get(path).get_json()['next']
        for page in (path, f'{path}&cursor={cursor}', f'{path}&page=2'):
            if 'page=' in page:
                assert person.get(page).headers['X-Total-Count'] == '60'
                continue
            assert not read_whole(plan(big_library, person, page)) & {*NEVER_WHOLE}


@pytest.mark.parametrize('query', [
    'status=all', 'status=inactive', 'having=books', 'having=active_loans', 'having=loans',
    'q=given29', 'q=7', 'q=nothing', 'status=all&having=loans&q=family1&sort=loans_count_desc'
])
@pytest.mark.parametrize('path', BOTH)
def test_every_filter(big_library: Site, staff: Person, path: str, query: str) -> None:
    assert not read_whole(plan(big_library, staff, f'{path}?{query}')) & {*NEVER_WHOLE}


@pytest.mark.parametrize('path, thing', [(AUTHORS, 'author'), (CATEGORIES, 'category')])
def test_a_single_one(big_library: Site, staff: Person, path: str, thing: str) -> None:
    for person in (big_library.stranger, staff):
        nodes = plan(big_library, person, f"{path}/{row_id(thing, 7)}")
        assert not read_whole(nodes) & {*NEVER_WHOLE, 'library_author', 'library_author_figures'}


@pytest.mark.parametrize('path', BOTH)
@pytest.mark.parametrize('limit', [1, 20, 100])
def test_the_number_of_statements_does_not_depend_on_the_page(big_library: Site, staff: Person,
                                                              path: str, limit: int) -> None:
    for person in (big_library.stranger, staff):
        person.get(f'{path}?limit={limit}')
        with recorded(big_library.house) as sent:
            answer = person.get(f'{path}?limit={limit}')
        assert len(answer.get_json()[path.rpartition('/')[2]]) == min(
            limit, 60 if path == CATEGORIES else 100)
        assert len(sent) == 1


def test_what_is_late_and_new_is_counted_for_the_rows(big_library: Site, staff: Person) -> None:
    for path, thing in ((AUTHORS, 'author'), (CATEGORIES, 'category')):
        shown = staff.get(f"{path}/{row_id(thing, 7)}").get_json()
        belongs = ('library_book.category_id = :id' if thing == 'category' else
                   'EXISTS (SELECT FROM library_book_author AS part WHERE part.book_id = '
                   'library_book.id AND part.author_id = :id)')
        counted, = big_library.execute(
            'SELECT count(*) FILTER (WHERE due_at <= now()) AS late, count(*) FILTER (WHERE '
            "started_at > now() - interval '24 hours') AS new, count(*) AS open FROM library_loan "
            'JOIN library_book ON library_book.id = book_id '
            f'WHERE returned_at IS NULL AND {belongs}',
            id=row_id(thing, 7))
        assert (shown['late_loans_count'], shown['new_loans_count'],
                shown['active_loans_count']) == tuple(counted)
        assert counted.open
