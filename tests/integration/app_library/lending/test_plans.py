"""How PostgreSQL answers for 300,000 loans: by index, in a fixed number of statements."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from benchmarks.library_rows import row_id
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.services.authentication import Caller
from tests.authors import Person, Site
from tests.integration.app_library.lending.counter import LOANS
from tests.statements import recorded

SORTS = ('started_at', 'due_at', 'returned_at', 'title', 'extended', 'member')
STATUSES = ('open', 'late', 'new', 'returned', 'all')
# Small beside them are the people: a name is looked for in all of theirs.
WATCHED = re.compile('^library_')
ALL = f'{LOANS}?scope=all'


@pytest.fixture(scope='module', name='staff')
def make_staff(big_library: Site) -> Person:
    return big_library.member('librarian', level=Level.ADMIN)


@pytest.fixture(scope='module', name='reader')
def make_reader(big_library: Site) -> Person:
    """A member who is there, with 50 open loans."""
    caller = Caller(account_id=row_id('reader', 7), level=Level.MEMBER, verified=True)
    authenticator = big_library.app.extensions['talelio'].authenticator
    authenticator.callers['reader-7'] = caller
    return replace(big_library.stranger, name='reader-7', caller=caller)


def plan(site: Site, person: Person, path: str) -> list[dict[str, Any]]:
    """The plan of the last statement that ``GET path`` sends, flat."""
    with recorded(site.house) as sent:
        answer = person.get(path)
    assert answer.status_code == 200, answer.text
    return explained(site.house.read_engine, *sent[-1])


def explained(engine: Engine, statement: str, parameters: Any) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        # A statement that is planned once must have a plan that is good for all values.
        connection.exec_driver_sql('SET plan_cache_mode = force_generic_plan')
        found = connection.exec_driver_sql(f'EXPLAIN (ANALYZE, FORMAT JSON) {statement}',
                                           parameters).scalar_one()
        connection.exec_driver_sql('RESET plan_cache_mode')
    document = json.loads(found) if isinstance(found, str) else found
    return list(flat(document[0]['Plan']))


def flat(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get('Plans', ()):
        yield from flat(below)


def assert_by_index(nodes: list[dict[str, Any]]) -> None:
    assert not [
        node['Relation Name'] for node in nodes
        if node['Node Type'] == 'Seq Scan' and WATCHED.match(node['Relation Name'])
    ]


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
