"""How PostgreSQL answers for 300,000 loans: by index, in a fixed number of statements."""

import re
from dataclasses import replace

import pytest

from benchmarks.library_rows import row_id
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.services.authentication import Caller
from tests.authors import Person, Site
from tests.integration.app_library.lending.counter import LOANS
from tests.plans import Node, explained, read_whole
from tests.statements import recorded

SORTS = ('started_at', 'due_at', 'returned_at', 'title', 'extended', 'member')
STATUSES = ('open', 'late', 'new', 'returned', 'all')
# Small beside them are the people: a name is looked for in all of theirs.
WATCHED = re.compile('^library_')
ALL = f'{LOANS}?scope=all'


@pytest.fixture(scope='module', name='reader')
def make_reader(big_library: Site) -> Person:
    """A member who is there, with 50 open loans."""
    caller = Caller(account_id=row_id('reader', 7), level=Level.MEMBER, verified=True)
    authenticator = big_library.app.extensions['talelio'].authenticator
    authenticator.callers['reader-7'] = caller
    return replace(big_library.stranger, name='reader-7', caller=caller)


def plan(site: Site, person: Person, path: str) -> list[Node]:
    """The plan of the last statement that ``GET path`` sends, flat."""
    with recorded(site.house) as sent:
        answer = person.get(path)
    assert answer.status_code == 200, answer.text
    return explained(site.house.read_engine, *sent[-1])


def assert_by_index(nodes: list[Node]) -> None:
    assert not [table for table in read_whole(nodes) if WATCHED.match(table)]


@pytest.mark.parametrize('direction', ['asc', 'desc'])
@pytest.mark.parametrize('option', SORTS)
def test_every_sort_of_every_status(big_library: Site, staff: Person, option: str,
                                    direction: str) -> None:
    for status in STATUSES:
        path = f'{ALL}&status={status}&sort={option}_{direction}'
        assert_by_index(plan(big_library, staff, path))
        cursor = staff.get(path).get_json()['next']
        if cursor is not None:
            assert_by_index(plan(big_library, staff, f'{path}&cursor={cursor}'))


@pytest.mark.parametrize('filters', [
    'q=amber', 'q=a', 'q=T000000007', 'q=reader-77', 'q=nothing-has-this',
    f"book_id={row_id('book', 5)}", f"member_id={row_id('reader', 5)}",
    'since=2026-01-01T00:00:00Z', 'before=2024-01-01T00:00:00Z'
])
@pytest.mark.parametrize('status', ['open', 'all'])
def test_every_filter(big_library: Site, staff: Person, filters: str, status: str) -> None:
    assert_by_index(plan(big_library, staff, f'{ALL}&status={status}&{filters}'))


@pytest.mark.parametrize('limit', [10, 20])
@pytest.mark.parametrize('status', STATUSES)
def test_my_loans(big_library: Site, reader: Person, status: str, limit: int) -> None:
    for option in SORTS[:-1]:
        path = f'{LOANS}?status={status}&sort={option}_desc&limit={limit}'
        reader.get(path)  # what is planned once per connection is planned now
        nodes = plan(big_library, reader, path)
        assert_by_index(nodes)
        assert all(node['Actual Rows'] < 1000 for node in nodes)


def test_number_of_statements_does_not_depend_on_the_page(big_library: Site, staff: Person,
                                                          reader: Person) -> None:
    for person, path in ((staff, f'{ALL}&limit='), (reader, f'{LOANS}?limit=')):
        for limit in (1, 20, 50):
            person.get(f'{path}{limit}')  # what is planned once per connection is planned now
            with recorded(big_library.house) as sent:
                assert len(person.get(f'{path}{limit}').get_json()['loans']) == limit
            assert len(sent) == 1
