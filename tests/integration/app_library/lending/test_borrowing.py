from datetime import timedelta
from uuid import uuid4

import pytest

from tests.authors import Person, Site
from tests.fakes import NOON, FakeClock
from tests.integration.app_library.lending.counter import (LOANS, act, ask, borrow, document,
                                                           faults, policy, refusal, rfc3339,
                                                           statuses)
from tests.shelves import Shelves


def test_stranger_borrows_nothing(stranger: Person, shelves: Shelves) -> None:
    assert refusal(ask(stranger, shelves.book())) == (401, 'credentials_required')


def test_borrowed_book_is_due_after_the_length_of_its_policy(ada: Person, site: Site,
                                                             shelves: Shelves) -> None:
    book = shelves.book('Emma', copies=2)
    answer = ask(ada, book)
    loan = document(answer, 201)
    assert answer.headers['Location'] == f"{LOANS}/{loan['id']}"
    assert answer.headers['Cache-Control'] == 'private, no-store'
    assert loan['started_at'] == rfc3339(NOON)
    assert loan['due_at'] == rfc3339(NOON + timedelta(days=20))
    assert loan['book'] == {'id': str(book.id), 'title': 'Emma', 'active': True, 'cover': None}
    assert loan['copy']['barcode'] == min(book.barcodes)
    assert loan['member'] == {'id': str(ada.id), 'username': 'ada'}
    assert (loan['extensions'], loan['extended'], loan['can_extend']) == (0, False, True)
    assert (loan['late'], loan['days_late'], loan['returned_at']) == (False, 0, None)
    assert loan['tariff'] == 'v3'
    assert loan['policy']['length_days'] == 20
    assert loan['charge'] == {
        'days': 0,
        'rent': '2.00',
        'overdue': '0.00',
        'total': '2.00',
        'currency': 'EUR',
        'frozen': False
    }
    assert statuses(site, book) == ['on_loan', 'available']
    assert [row.text for row in site.activity()] == ['Borrowed “Emma”']


def test_staff_lends_by_barcode_to_a_member(admin: Person, ada: Person, site: Site,
                                            shelves: Shelves) -> None:
    book = shelves.book('Emma', copies=3)
    wanted = {'barcode': book.barcodes[1], 'member_id': str(ada.id)}
    loan = document(admin.post(LOANS, json=wanted), 201)
    assert loan['copy']['barcode'] == book.barcodes[1]
    assert loan['member']['username'] == 'ada'
    row, = site.activity()
    assert row.text == 'Lent “Emma” to ada'
    assert (row.target_type, row.target_id) == ('book', str(book.id))


def test_one_thing_is_named(ada: Person, shelves: Shelves) -> None:
    book = shelves.book()
    for body in ({}, {'book_id': str(book.id), 'barcode': book.barcodes[0]}):
        assert faults(ada.post(LOANS, json=body)) == [('', 'contradiction')]
    assert faults(ada.post(LOANS, json={'id': str(book.id)})) == [('/id', 'unknown_key')]


def test_what_there_is_not_is_named(ada: Person, admin: Person, shelves: Shelves) -> None:
    book = shelves.book()
    nothing = str(uuid4())
    assert faults(ada.post(LOANS, json={'book_id': nothing})) == [('/book_id', 'unknown')]
    assert faults(ada.post(LOANS, json={'barcode': 'NONE'})) == [('/barcode', 'unknown')]
    assert faults(ask(admin, book, member_id=nothing)) == [('/member_id', 'unknown')]


@pytest.mark.parametrize('sent', [{
    'member_id': str(uuid4())
}, {
    'started_at': rfc3339(NOON)
}, {
    'started_at': None
}])
def test_member_borrows_for_nobody_else_and_from_now_on(ada: Person, shelves: Shelves,
                                                        sent: dict[str, str]) -> None:
    assert refusal(ask(ada, shelves.book(), **sent)) == (403, 'not_permitted')


def test_desk_that_was_offline_enters_a_loan_afterwards(admin: Person, ada: Person,
                                                        shelves: Shelves) -> None:
    start = NOON - timedelta(days=365)
    loan = borrow(admin, shelves.book(), member_id=str(ada.id), started_at=rfc3339(start))
    assert loan['started_at'] == rfc3339(start)
    assert loan['due_at'] == rfc3339(start + timedelta(days=20))
    assert (loan['late'], loan['days_late']) == (True, 345)
    assert loan['charge']['days'] == 365


@pytest.mark.parametrize(
    'start', [NOON + timedelta(microseconds=1), NOON - timedelta(days=365, microseconds=1)])
def test_start_lies_in_the_last_year(admin: Person, shelves: Shelves, start: object) -> None:
    assert isinstance(start, type(NOON))
    answer = ask(admin, shelves.book(), started_at=rfc3339(start))
    assert faults(answer) == [('/started_at', 'out_of_range')]


def test_loan_has_the_tariff_that_was_in_force_at_its_start(admin: Person, site: Site,
                                                            shelves: Shelves) -> None:
    site.execute(
        'INSERT INTO library_tariff (id, label, effective_from, currency, rates, '
        "created_at) SELECT 'v4', 'v4', CAST(:at AS timestamptz), currency, rates, "
        "now() FROM library_tariff WHERE id = 'v2'",
        at=rfc3339(NOON - timedelta(days=3)))
    before = borrow(admin, shelves.book(), started_at=rfc3339(NOON - timedelta(days=4)))
    since = borrow(admin, shelves.book(), started_at=rfc3339(NOON - timedelta(days=3)))
    assert (before['tariff'], before['charge']['rent']) == ('v3', '5.00')
    assert (since['tariff'], since['charge']['rent']) == ('v4', '4.50')


def test_free_library_asks_for_nothing(admin: Person, ada: Person, clock: FakeClock,
                                       shelves: Shelves) -> None:
    policy(admin, rental=False)
    loan = borrow(ada, shelves.book())
    clock.advance(days=10)
    assert loan['tariff'] is None
    assert act(ada, loan, 'return')['charge']['total'] == '0.00'


def test_refusals_come_in_their_order(admin: Person, ada: Person, ben: Person, site: Site,
                                      shelves: Shelves) -> None:
    book = shelves.book(copies=1)
    site.execute('UPDATE library_book SET deactivated_at = now()')
    site.execute('UPDATE account SET blocked_at = now() WHERE id = :id', id=ada.id)
    whose = {'member_id': str(ada.id)}
    assert refusal(ask(admin, book, **whose)) == (409, 'book_inactive')
    site.execute('UPDATE library_book SET deactivated_at = NULL')
    assert refusal(ask(admin, book, **whose)) == (409, 'member_blocked')
    site.execute('UPDATE account SET blocked_at = NULL WHERE id = :id', id=ada.id)
    borrow(ben, book)
    site.execute('UPDATE library_policy SET max_open_loans = 1')
    site.execute('UPDATE library_member SET credit_limit = 0 WHERE id = :id', id=ada.id)
    other = shelves.book('Persuasion')
    loan = borrow(ada, other)
    site.execute('UPDATE library_member SET credit_limit = 1 WHERE id = :id', id=ada.id)
    answer = ask(ada, other)
    assert refusal(answer) == (409, 'already_borrowed')
    assert answer.get_json()['loan_id'] == loan['id']
    answer = ask(ada, book)
    assert refusal(answer) == (409, 'loan_limit')
    assert answer.get_json()['limit'] == 1
    site.execute('UPDATE library_policy SET max_open_loans = NULL')
    answer = ask(ada, book)
    assert refusal(answer) == (409, 'credit_limit_reached')
    said = answer.get_json()
    assert (said['balance'], said['credit_limit']) == ('2.00', '1.00')
    site.execute('UPDATE library_member SET credit_limit = 2 WHERE id = :id', id=ada.id)
    assert refusal(ask(ada, book)) == (409, 'no_copy_available')
    assert site.execute('SELECT count(*) FROM library_loan')[0][0] == 2


def test_unverified_member_gets_nothing(admin: Person, site: Site, shelves: Shelves) -> None:
    somebody = site.member('cleo', verified=False)
    answer = ask(admin, shelves.book(), member_id=str(somebody.id))
    assert refusal(answer) == (409, 'member_blocked')


def test_limit_counts_the_type_that_its_policy_names(admin: Person, ada: Person,
                                                     shelves: Shelves) -> None:
    document(admin.post('/v1/library/policies', json={
        'item_type': 'novel',
        'max_open_loans': 1
    }), 201)
    borrow(ada, shelves.book('Regular'))
    borrow(ada, shelves.book('Novel', item_type='novel'))
    borrow(ada, shelves.book('Regular again'))
    answer = ask(ada, shelves.book('Novel again', item_type='novel'))
    assert refusal(answer) == (409, 'loan_limit')


def test_scanned_copy_that_is_out_is_not_lent(ada: Person, ben: Person, site: Site,
                                              shelves: Shelves) -> None:
    book = shelves.book(copies=2)
    first = borrow(ben, book)['copy']['barcode']
    assert refusal(ada.post(LOANS, json={'barcode': first})) == (409, 'no_copy_available')
    site.execute("UPDATE library_copy SET status = 'in_repair' WHERE status = 'available'")
    assert refusal(ask(ada, book)) == (409, 'no_copy_available')


def test_repeated_request_is_one_loan(ada: Person, site: Site, shelves: Shelves) -> None:
    book = shelves.book(copies=2)
    headers = {'Idempotency-Key': 'once'}
    first = ada.post(LOANS, json={'book_id': str(book.id)}, headers=headers)
    again = ada.post(LOANS, json={'book_id': str(book.id)}, headers=headers)
    assert first.get_json() == again.get_json()
    assert again.headers['Idempotency-Replayed'] == 'true'
    assert site.execute('SELECT count(*) FROM library_loan')[0][0] == 1
