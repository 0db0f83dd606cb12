"""How PostgreSQL answers for money at 300,000 loans and entries: by index, one statement each."""

from dataclasses import replace

import pytest

from benchmarks.library_rows import row_id
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.services.authentication import Caller
from tests.authors import Person, Site
from tests.integration.app_library.lending.test_plans import assert_by_index, plan
from tests.integration.app_library.money.till import MEMBERS
from tests.plans import explained
from tests.statements import recorded

ME = f'{MEMBERS}/me'


@pytest.fixture(scope='module', name='reader')
def make_reader(big_library: Site) -> Person:
    """A member who is there, with 50 open loans."""
    caller = Caller(account_id=row_id('reader', 9), level=Level.MEMBER, verified=True)
    authenticator = big_library.app.extensions['talelio'].authenticator
    authenticator.callers['reader-9'] = caller
    return replace(big_library.stranger, name='reader-9', caller=caller)


@pytest.mark.parametrize(
    'query',
    ['', '?as_of=2026-01-01T00:00:00Z', '?tariff=v1', '?tariff=v1&as_of=2026-01-01T00:00:00Z'])
def test_a_balance(big_library: Site, reader: Person, query: str) -> None:
    path = f'{ME}/balance{query}'
    reader.get(path)  # the first one on a connection also prepares it
    with recorded(big_library.house) as sent:
        assert reader.get(path).status_code == 200
    assert len(sent) == 1
    statement, parameters = sent[0]
    nodes = explained(big_library.house.read_engine, statement, parameters)
    # Of tariffs there is a handful.
    assert_by_index([node for node in nodes if node.get('Relation Name') != 'library_tariff'])


@pytest.mark.parametrize('query', [
    '', '?sort=created_at_asc', '?sort=amount_desc', '?sort=amount_asc', '?kind=payment',
    '?kind=payment&kind=void&sort=amount_asc', '?since=2026-01-01T00:00:00Z',
    '?before=2024-01-01T00:00:00Z'
])
def test_the_entries_of_a_member(big_library: Site, reader: Person, query: str) -> None:
    assert_by_index(plan(big_library, reader, f'{ME}/ledger{query}'))


@pytest.mark.parametrize('option',
                         ['username', 'loans_count', 'active_loans_count', 'ledger', 'created_at'])
@pytest.mark.parametrize('direction', ['asc', 'desc'])
def test_every_sort_of_the_members(big_library: Site, staff: Person, option: str,
                                   direction: str) -> None:
    for more in ('', '&late=true', '&q=reader-77', '&q=nobody&late=true'):
        path = f'{MEMBERS}?sort={option}_{direction}{more}'
        assert_no_scan_of_what_is_many(big_library, staff, path)
        following = staff.get(path).get_json()['next']
        if following is not None:
            assert_no_scan_of_what_is_many(big_library, staff, f'{path}&cursor={following}')


def assert_no_scan_of_what_is_many(site: Site, staff: Person, path: str) -> None:
    few = ('library_member', 'library_member_figures', 'library_hold')
    nodes = [node for node in plan(site, staff, path) if node.get('Relation Name') not in few]
    assert_by_index(nodes)


@pytest.mark.parametrize('limit', [1, 20, 100])
def test_one_statement_whatever_the_length(big_library: Site, staff: Person, limit: int) -> None:
    with recorded(big_library.house) as sent:
        found = staff.get(f'{MEMBERS}?sort=ledger_desc&limit={limit}').get_json()
    assert len(found['members']) == limit
    assert len(sent) == 1
