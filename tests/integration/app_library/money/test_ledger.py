from datetime import timedelta
from uuid import uuid4

from tests.authors import Person, Site
from tests.fakes import NOON, FakeClock
from tests.integration.app_library.lending.counter import (act, borrow, document, faults, refusal,
                                                           rfc3339)
from tests.integration.app_library.money.till import (MEMBERS, amounts, balance, book, entries,
                                                      ledger, post, sums, void)
from tests.shelves import Shelves


def test_stranger_and_member_book_nothing(stranger: Person, ada: Person, ben: Person) -> None:
    body = {'kind': 'payment', 'amount': '1.00'}
    assert refusal(stranger.post(ledger(ada), json=body)) == (401, 'credentials_required')
    assert refusal(ada.post(ledger(ada), json=body)) == (403, 'not_permitted')
    assert refusal(ben.post(ledger(ada), json=body)) == (403, 'not_permitted')
    assert refusal(stranger.get(ledger(ada))) == (401, 'credentials_required')


def test_staff_charges(admin: Person, ada: Person, site: Site) -> None:
    answer = post(admin, ada, kind='charge', reason='damage', amount='7.5', note='tea')
    entry = document(answer, 201)
    assert answer.headers['Location'] == ledger(ada)
    assert answer.headers['Cache-Control'] == 'private, no-store'
    assert entry == {
        'id': entry['id'],
        'kind': 'charge',
        'reason': 'damage',
        'amount': '7.50',
        'currency': 'EUR',
        'loan_id': None,
        'voids': None,
        'note': 'tea',
        'actor': {
            'id': str(admin.id),
            'username': 'root'
        },
        'effective_at': rfc3339(NOON),
        'created_at': rfc3339(NOON)
    }
    assert entries(ada) == [entry]
    row, = site.activity()
    assert row.text == 'Charged ada 7.50 EUR (damage)'
    assert (row.target_type, row.target_id) == ('member', str(ada.id))


def test_every_kind_has_its_sign(admin: Person, ada: Person, clock: FakeClock) -> None:
    for kind, amount in (('charge', '10.00'), ('payment', '4.00'), ('waiver', '6.00'),
                         ('payment', '5.00'), ('refund', '2.00')):
        book(admin, ada, kind, amount)
        clock.advance(seconds=1)
    assert amounts(ada) == ['2.00', '-5.00', '-6.00', '-4.00', '10.00']
    assert sums(balance(ada)) == ('-3.00', '0.00', '-3.00')
    assert entries(ada)[-1]['reason'] == 'other'


def test_a_waiver_takes_no_more_than_the_booked_debt(admin: Person, ada: Person) -> None:
    assert refusal(post(admin, ada, kind='waiver', amount='0.01')) == (409, 'waiver_exceeds_debt')
    book(admin, ada, 'charge', '5.00')
    refused = post(admin, ada, kind='waiver', amount='5.01')
    assert refusal(refused) == (409, 'waiver_exceeds_debt')
    assert refused.get_json()['debt'] == '5.00'
    book(admin, ada, 'waiver', '5.00')
    assert sums(balance(ada))[0] == '0.00'


def test_a_refund_takes_no_more_than_the_credit(admin: Person, ada: Person) -> None:
    book(admin, ada, 'charge', '5.00')
    assert refusal(post(admin, ada, kind='refund',
                        amount='0.01')) == (409, 'refund_exceeds_credit')
    book(admin, ada, 'payment', '8.00')
    refused = post(admin, ada, kind='refund', amount='3.01')
    assert refusal(refused) == (409, 'refund_exceeds_credit')
    assert refused.get_json()['credit'] == '3.00'
    book(admin, ada, 'refund', '3.00')
    assert sums(balance(ada))[0] == '0.00'


def test_an_entry_is_voided_once_and_a_void_never(admin: Person, ada: Person, site: Site) -> None:
    charge = book(admin, ada, 'charge', '5.00', reason='lost')
    undone = void(admin, ada, charge)
    assert (undone['amount'], undone['reason'], undone['voids']) == ('-5.00', 'lost', charge['id'])
    again = post(admin, ada, kind='void', voids=charge['id'])
    assert refusal(again) == (409, 'already_voided')
    assert refusal(post(admin, ada, kind='void', voids=undone['id'])) == (409, 'not_voidable')
    payment = book(admin, ada, 'payment', '2.00')
    assert void(admin, ada, payment)['amount'] == '2.00'
    assert sums(balance(ada))[0] == '0.00'
    assert 'Voided an entry of 5.00 EUR of ada' in [row.text for row in site.activity()]


def test_nothing_of_somebody_else_is_named(admin: Person, ada: Person, ben: Person,
                                           shelves: Shelves) -> None:
    charge = book(admin, ben, 'charge', '5.00')
    loan = borrow(ben, shelves.book())
    for entry_id in (charge['id'], str(uuid4())):
        assert faults(post(admin, ada, kind='void', voids=entry_id)) == [('/voids', 'unknown')]
    for loan_id in (loan['id'], str(uuid4())):
        answer = post(admin, ada, kind='charge', amount='1.00', loan_id=loan_id)
        assert faults(answer) == [('/loan_id', 'unknown')]
    assert book(admin, ben, 'charge', '1.00', loan_id=loan['id'])['loan_id'] == loan['id']


def test_what_is_no_order_is_refused(admin: Person, ada: Person) -> None:
    some = str(uuid4())
    for body, pointer in (
        ({'kind': 'charge', 'amount': 5}, '/amount'),
        ({'kind': 'charge', 'amount': 5.5}, '/amount'),
        ({'kind': 'charge', 'amount': '5.005'}, '/amount'),
        ({'kind': 'charge', 'amount': '0.00'}, '/amount'),
        ({'kind': 'charge', 'amount': '-5.00'}, '/amount'),
        ({'kind': 'charge', 'amount': '100000.01'}, '/amount'),
        ({'kind': 'charge'}, ''),
        ({'kind': 'charge', 'amount': '1.00', 'reason': 'rent'}, '/reason'),
        ({'kind': 'charge', 'amount': '1.00', 'reason': 'overdue'}, '/reason'),
        ({'kind': 'payment', 'amount': '1.00', 'reason': 'other'}, ''),
        ({'kind': 'payment', 'amount': '1.00', 'voids': some}, ''),
        ({'kind': 'void'}, ''),
        ({'kind': 'void', 'voids': some, 'amount': '1.00'}, ''),
        ({'kind': 'gift', 'amount': '1.00'}, '/kind'),
        ({'kind': 'charge', 'amount': '1.00', 'note': 'x' * 501}, '/note'),
        ({'kind': 'charge', 'amount': '1.00', 'id': some}, '/id'),
    ):  # yapf: disable
        assert [place for place, _ in faults(post(admin, ada, **body))] == [pointer], body
    book(admin, ada, 'charge', '100000.00', note='x' * 500)


def test_money_moves_under_a_key_alone(admin: Person, ada: Person) -> None:
    body = {'kind': 'payment', 'amount': '1.00'}
    assert refusal(admin.post(ledger(ada), json=body)) == (400, 'idempotency_key_required')
    assert entries(ada) == []


def test_a_key_books_once_and_for_good(admin: Person, ada: Person, site: Site,
                                       clock: FakeClock) -> None:
    first = post(admin, ada, key='till-1', kind='payment', amount='1.00')
    again = post(admin, ada, key='till-1', kind='payment', amount='1.00')
    # Long after the kernel has forgotten the key, the entry still knows it.
    clock.advance(days=40)
    site.house.idempotency.sweep()
    assert site.execute('SELECT count(*) FROM idempotency_key')[0][0] == 0
    much_later = post(admin, ada, key='till-1', kind='payment', amount='1.00')
    for answer in (again, much_later):
        assert (answer.status_code, answer.data) == (201, first.data)
        assert answer.headers['Location'] == first.headers['Location']
        assert answer.headers['Idempotency-Replayed'] == 'true'
    assert 'Idempotency-Replayed' not in first.headers
    clock.advance(days=2)
    site.house.idempotency.sweep()
    other = post(admin, ada, key='till-1', kind='payment', amount='2.00')
    assert refusal(other) == (422, 'idempotency_key_reused')
    assert amounts(ada) == ['-1.00']


def test_a_key_is_each_ledgers_own(admin: Person, ada: Person, ben: Person) -> None:
    for member in (ada, ben):
        document(post(admin, member, key='same', kind='payment', amount='1.00'), 201)


def test_list_is_sorted_filtered_and_paged(admin: Person, ada: Person, clock: FakeClock) -> None:
    for amount in ('3.00', '1.00', '2.00'):
        book(admin, ada, 'charge', amount)
        clock.advance(hours=1)
    book(admin, ada, 'payment', '1.50')
    assert amounts(ada) == ['-1.50', '2.00', '1.00', '3.00']
    assert amounts(ada, '?sort=amount_asc') == ['-1.50', '1.00', '2.00', '3.00']
    assert amounts(ada, '?kind=payment') == ['-1.50']
    assert amounts(ada, '?kind=payment&kind=charge&sort=created_at_asc')[0] == '3.00'
    since = rfc3339(NOON + timedelta(hours=1))
    assert amounts(ada, f'?since={since}&kind=charge') == ['2.00', '1.00']
    assert amounts(ada, f'?before={since}') == ['3.00']
    first = document(ada.get(f'{MEMBERS}/me/ledger?limit=3'))
    assert len(first['entries']) == 3
    assert amounts(ada, f"?limit=3&cursor={first['next']}") == ['3.00']
    options = document(ada.get(f'{MEMBERS}/me/ledger?sort_options=only'))
    assert options == {
        'sort_options': [{'id': 'created_at', 'label': 'Recency'},
                         {'id': 'amount', 'label': 'Amount'}],
        'sort': 'created_at_desc'
    }  # yapf: disable


def test_a_return_books_its_rent(ada: Person, shelves: Shelves, clock: FakeClock) -> None:
    loan = borrow(ada, shelves.book())
    clock.advance(days=3)
    assert sums(balance(ada)) == ('0.00', '3.50', '3.50')
    act(ada, loan, 'return')
    assert sums(balance(ada)) == ('3.50', '0.00', '3.50')
    entry, = entries(ada)
    assert (entry['kind'], entry['reason'], entry['loan_id']) == ('charge', 'rent', loan['id'])
    assert entry['effective_at'] == rfc3339(NOON + timedelta(days=3))
