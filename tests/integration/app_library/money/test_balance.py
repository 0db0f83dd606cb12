from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from talelio_backend.bootstrap import House
from talelio_backend.shared.domain.access import Level
from tests.authors import Person, Site
from tests.conftest import MakeHouse
from tests.fakes import NOON, FakeClock
from tests.integration.app_library.lending.counter import (act, borrow, document, policy, refusal,
                                                           rfc3339)
from tests.integration.app_library.money.till import MEMBERS, balance, book, sums
from tests.shelves import Shelves
from tests.statements import recorded


def at(**after: float) -> str:
    return f'?as_of={rfc3339(NOON + timedelta(**after))}'


def test_only_the_member_and_administrators_see_a_balance(stranger: Person, ada: Person,
                                                          ben: Person, admin: Person) -> None:
    for thing in ('', '/balance', '/ledger'):
        path = f'{MEMBERS}/{ada.id}{thing}'
        assert refusal(stranger.get(path)) == (401, 'credentials_required')
        assert refusal(ben.get(path)) == (403, 'not_permitted')
        assert refusal(ben.get(f'{MEMBERS}/{uuid4()}{thing}')) == (403, 'not_permitted')
        assert refusal(admin.get(f'{MEMBERS}/{uuid4()}{thing}')) == (404, 'member_not_found')
        assert refusal(admin.get(f'{MEMBERS}/nobody{thing}')) == (404, 'member_not_found')
        mine = ada.get(f'{MEMBERS}/me{thing}')
        assert mine.headers['Cache-Control'] == 'private, no-store'
        assert ada.get(path).data == mine.data == admin.get(path).data


def test_whoever_borrowed_nothing_owes_nothing(ada: Person) -> None:
    assert balance(ada) == {
        'member': {'id': str(ada.id), 'username': 'ada'},
        'currency': 'EUR',
        'as_of': rfc3339(NOON),
        'tariff': None,
        'simulated': False,
        'balance': '0.00',
        'ledger': '0.00',
        'accrued': '0.00',
        'credit_limit': None,
        'items': []
    }  # yapf: disable


def test_a_balance_says_what_each_open_loan_has_to_do_with_it(ada: Person, admin: Person,
                                                              shelves: Shelves,
                                                              clock: FakeClock) -> None:
    policy(admin, overdue_per_day='0.20', length_days=2)
    emma = shelves.book('Emma')
    loan = borrow(ada, emma)
    clock.advance(days=1)
    ulysses = borrow(ada, shelves.book('Ulysses', item_type='novel'))
    clock.advance(days=2, microseconds=1)
    found = balance(ada)
    assert [item['loan_id'] for item in found['items']] == [ulysses['id'], loan['id']]
    assert found['items'][1] == {
        'loan_id': loan['id'],
        'book': {'id': str(emma.id), 'title': 'Emma'},
        'item_type': 'regular',
        'tariff': 'v3',
        'started_at': rfc3339(NOON),
        'ended_at': None,
        'open': True,
        'days': 4,
        'rent': '5.00',
        'overdue': '0.40',
        'total': '5.40',
        'minimum_applied': False,
        'lines': [{'days': 2, 'rate': '1.00', 'amount': '2.00'},
                  {'days': 2, 'rate': '1.50', 'amount': '3.00'}],
    }  # yapf: disable
    novel = found['items'][0]
    assert (novel['days'], novel['rent'], novel['overdue']) == (3, '4.50', '0.20')
    assert (novel['minimum_applied'], novel['lines']) == (False, [{
        'days': 3,
        'rate': '1.50',
        'amount': '4.50'
    }])
    assert sums(found) == ('0.00', '10.10', '10.10')


def test_the_balance_of_a_moment_that_has_passed(ada: Person, admin: Person, shelves: Shelves,
                                                 clock: FakeClock) -> None:
    loan = borrow(ada, shelves.book())
    clock.advance(days=3)
    act(ada, loan, 'return')
    clock.advance(days=1)
    book(admin, ada, 'payment', '3.50')
    assert sums(balance(ada)) == ('0.00', '0.00', '0.00')
    assert sums(balance(ada, at(days=3, seconds=1))) == ('3.50', '0.00', '3.50')
    assert sums(balance(ada, at(days=1, seconds=1))) == ('0.00', '2.00', '2.00')
    item, = balance(ada, at(days=1, seconds=1))['items']
    assert (item['open'], item['ended_at'], item['days']) == (True, None, 2)
    assert balance(ada, at(days=-1))['items'] == []
    assert balance(ada, at(days=4))['as_of'] == rfc3339(clock.now())
    refused = ada.get(f'{MEMBERS}/me/balance{at(days=4, microseconds=1)}')
    assert refusal(refused) == (400, 'bad_request')
    assert refused.get_json()['errors'][0]['pointer'] == '/as_of'


def borrowed_and_returned(ada: Person, admin: Person, shelves: Shelves, clock: FakeClock) -> None:
    """Three types: returned after four days, returned after one, and open for ten."""
    policy(admin, overdue_per_day='0.50', length_days=3)
    regular = borrow(ada, shelves.book(item_type='regular'))
    novel = borrow(ada, shelves.book(item_type='novel'))
    borrow(ada, shelves.book(item_type='fiction'))
    clock.advance(days=1)
    act(ada, novel, 'return')
    clock.advance(days=3)
    act(ada, regular, 'return')
    book(admin, ada, 'charge', '9.00', reason='damage')
    book(admin, ada, 'payment', '4.00')
    clock.advance(days=6)


@pytest.mark.parametrize(('tariff', 'rents'), [('v1', ('10.00', '1.00', '4.00')),
                                               ('v2', ('30.00', '1.50', '6.00')),
                                               ('v3', ('30.00', '4.50', '5.00'))])
def test_what_it_would_be_by_each_price_list(  # pylint: disable=too-many-positional-arguments
        ada: Person, admin: Person, site: Site, shelves: Shelves, clock: FakeClock, tariff: str,
        rents: tuple[str, ...]) -> None:
    borrowed_and_returned(ada, admin, shelves, clock)
    before = site.execute('SELECT count(*) FROM library_ledger_entry')
    found = balance(ada, f'?tariff={tariff}')
    assert (found['tariff'], found['simulated']) == (tariff, True)
    by_type = {item['item_type']: item for item in found['items']}
    assert tuple(by_type[name]['rent'] for name in ('fiction', 'novel', 'regular')) == rents
    assert [by_type[name]['overdue']
            for name in ('fiction', 'novel', 'regular')] == ['3.50', '0.00', '0.50']
    assert [item['open'] for item in found['items']].count(True) == 1
    assert {item['tariff'] for item in found['items']} == {tariff}
    # Rent and overdue of all loans, and of what was booked the rest: 9.00 - 4.00.
    total = sum(map(Decimal, rents)) + Decimal('4.00') + Decimal('5.00')
    assert (found['accrued'], found['balance']) == ('0.00', str(total))
    assert site.execute('SELECT count(*) FROM library_ledger_entry') == before
    if tariff == 'v3':
        assert balance(ada)['balance'] == found['balance']
    assert refusal(ada.get(f'{MEMBERS}/me/balance?tariff=v9')) == (404, 'tariff_not_found')


def test_a_past_moment_by_another_tariff(ada: Person, admin: Person, shelves: Shelves,
                                         clock: FakeClock) -> None:
    borrowed_and_returned(ada, admin, shelves, clock)
    found = balance(ada, f'{at(days=2)}&tariff=v1')
    ended = {item['item_type']: (item['open'], item['days']) for item in found['items']}
    assert ended == {'novel': (False, 1), 'regular': (True, 2), 'fiction': (True, 2)}
    assert found['balance'] == '5.00'


def test_a_free_loan_costs_nothing_by_any_tariff(ada: Person, admin: Person, shelves: Shelves,
                                                 clock: FakeClock) -> None:
    policy(admin, rental=False)
    borrow(ada, shelves.book())
    clock.advance(days=5)
    item, = balance(ada)['items']
    assert (item['tariff'], item['rent'], item['lines']) == (None, '0.00', [])
    assert balance(ada, '?tariff=v2')['balance'] == '0.00'


def test_the_credit_limit_is_the_members_own_or_the_usual_one(make_house: MakeHouse,
                                                              clock: FakeClock) -> None:
    house: House = make_house(clock=clock, settings={'library_credit_limit': Decimal('20.00')})
    site = Site(house)
    ada, root = site.member('ada'), site.member('root', level=Level.ADMIN)
    assert balance(ada)['credit_limit'] == '20.00'
    document(root.patch(f'{MEMBERS}/{ada.id}', json={'credit_limit': '5'}))
    assert balance(ada)['credit_limit'] == '5.00'


def test_a_thousand_items_and_every_sum(ada: Person, site: Site, shelves: Shelves,
                                        clock: FakeClock) -> None:
    borrow(ada, shelves.book())
    clock.advance(days=1)
    site.execute('ALTER TABLE library_loan DISABLE TRIGGER USER')
    site.execute('INSERT INTO library_book (id, title, category_id, item_type, description, '
                 'version, created_at, updated_at) SELECT gen_random_uuid(), title, category_id, '
                 'item_type, description, 1, created_at, updated_at FROM library_book, '
                 'generate_series(1, 1199)')
    site.execute('INSERT INTO library_copy (id, book_id, barcode, condition, note, status, '
                 "created_at, updated_at) SELECT gen_random_uuid(), id, 'X' || row_number() OVER "
                 "(), 'good', '', 'on_loan', now(), now() FROM library_book WHERE id NOT IN "
                 '(SELECT book_id FROM library_copy)')
    site.execute('INSERT INTO library_loan (id, book_id, copy_id, member_id, item_type, '
                 'started_at, due_at, extensions, policy, tariff_id, rate, version, title_key, '
                 'member_key) SELECT gen_random_uuid(), copy.book_id, copy.id, loan.member_id, '
                 'loan.item_type, started_at, due_at, extensions, policy, tariff_id, rate, '
                 'loan.version, title_key, member_key FROM library_loan AS loan, '
                 "library_copy AS copy WHERE copy.barcode LIKE 'X%'")
    site.execute('ALTER TABLE library_loan ENABLE TRIGGER USER')
    found = balance(ada)
    assert len(found['items']) == 1000
    assert found['balance'] == '2400.00'


def test_one_statement_whatever_the_number_of_loans(ada: Person, site: Site, shelves: Shelves,
                                                    clock: FakeClock) -> None:
    numbers: list[int] = []
    for _ in range(3):
        borrow(ada, shelves.book())
        clock.advance(days=1)
        for query in ('', '?tariff=v1', at(days=0)):
            balance(ada, query)  # the first time on a connection also prepares it
            with recorded(site.house) as sent:
                balance(ada, query)
            numbers.append(len(sent))
    assert set(numbers) == {1}
