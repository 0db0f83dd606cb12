from datetime import timedelta
from uuid import uuid4

import pytest

from tests.authors import Person, Site
from tests.fakes import NOON, FakeClock
from tests.integration.app_library.lending.counter import (HOLDS, LOANS, RETURNS, act, borrow,
                                                           document, entries, faults, policy,
                                                           refusal, rfc3339, shown, statuses, tell)
from tests.shelves import Shelves


def test_stranger_and_others_return_nothing(stranger: Person, ada: Person, ben: Person,
                                            shelves: Shelves) -> None:
    loan = borrow(ada, shelves.book())
    for what in ('return', 'extend'):
        assert refusal(tell(stranger, loan, what)) == (401, 'credentials_required')
        assert refusal(tell(ben, loan, what)) == (404, 'loan_not_found')
        assert refusal(ben.post(f'{LOANS}/{uuid4()}/{what}')) == (404, 'loan_not_found')
    assert refusal(tell(ben, loan, 'lost')) == (403, 'not_permitted')
    assert refusal(ben.get(f"{LOANS}/{loan['id']}")) == (404, 'loan_not_found')
    assert shown(ada, loan)['returned_at'] is None


def test_return_frees_the_copy_and_books_the_rent(ada: Person, site: Site, clock: FakeClock,
                                                  shelves: Shelves) -> None:
    book = shelves.book('Emma')
    loan = borrow(ada, book)
    clock.advance(days=2, microseconds=1)
    ended = act(ada, loan, 'return')
    assert ended['returned_at'] == rfc3339(clock.now())
    assert ended['charge'] == {
        'days': 3,
        'rent': '3.50',
        'overdue': '0.00',
        'total': '3.50',
        'currency': 'EUR',
        'frozen': True
    }
    assert (ended['late'], ended['can_extend'], ended['version']) == (False, False, 2)
    assert statuses(site, book) == ['available']
    assert entries(site, loan) == [('charge', 'rent', '3.50')]
    assert 'Returned “Emma”' in [row.text for row in site.activity()]
    clock.advance(days=30)
    assert shown(ada, loan) == ended


def test_return_is_final(admin: Person, ada: Person, site: Site, shelves: Shelves) -> None:
    loan = borrow(ada, shelves.book())
    act(ada, loan, 'return')
    for person in (ada, admin):
        for what in ('return', 'extend'):
            assert refusal(tell(person, loan, what)) == (409, 'already_returned')
    assert refusal(tell(admin, loan, 'lost')) == (409, 'already_returned')
    assert entries(site, loan) == [('charge', 'rent', '2.00')]


def test_late_return_costs_each_started_day(admin: Person, ada: Person, site: Site,
                                            clock: FakeClock, shelves: Shelves) -> None:
    policy(admin, overdue_per_day='0.50', overdue_cap='1.20', rental=False)
    loan = borrow(ada, shelves.book())
    clock.advance(days=20)
    late = shown(ada, loan)
    assert (late['late'], late['days_late'], late['charge']['overdue']) == (True, 0, '0.00')
    clock.advance(days=1, seconds=1)
    late = shown(ada, loan)
    assert (late['days_late'], late['charge']['overdue']) == (2, '1.00')
    clock.advance(days=1)
    ended = act(ada, loan, 'return')
    assert (ended['late'], ended['days_late'], ended['charge']['overdue']) == (False, 3, '1.20')
    assert entries(site, loan) == [('charge', 'overdue', '1.20')]


def test_staff_notes_when_a_copy_came_back_and_how(admin: Person, ada: Person, site: Site,
                                                   clock: FakeClock, shelves: Shelves) -> None:
    policy(admin, overdue_per_day='0.50', rental=False)
    book = shelves.book('Emma')
    loan = borrow(ada, book)
    clock.advance(days=30)
    back = NOON + timedelta(days=21)
    ended = act(admin, loan, 'return', returned_at=rfc3339(back), condition='damaged')
    assert ended['returned_at'] == rfc3339(back)
    assert (ended['days_late'], ended['charge']['overdue']) == (1, '0.50')
    copy, = site.execute('SELECT condition, status FROM library_copy')
    assert tuple(copy) == ('damaged', 'available')
    assert 'Returned “Emma” for ada' in [row.text for row in site.activity()]


def test_staff_waives_what_is_overdue(admin: Person, ada: Person, site: Site, clock: FakeClock,
                                      shelves: Shelves) -> None:
    policy(admin, overdue_per_day='0.50')
    loan = borrow(ada, shelves.book())
    clock.advance(days=25)
    ended = act(admin, loan, 'return', waive_overdue=True)
    assert ended['charge']['overdue'] == '0.00'
    assert [reason for _, reason, _ in entries(site, loan)] == ['rent']


@pytest.mark.parametrize('noted', [{
    'returned_at': rfc3339(NOON)
}, {
    'condition': 'good'
}, {
    'waive_overdue': False
}])
def test_member_notes_nothing(ada: Person, shelves: Shelves, noted: dict[str, object]) -> None:
    loan = borrow(ada, shelves.book())
    assert refusal(tell(ada, loan, 'return', **noted)) == (403, 'not_permitted')
    assert shown(ada, loan)['returned_at'] is None


@pytest.mark.parametrize('moment',
                         [NOON - timedelta(microseconds=1), NOON + timedelta(microseconds=1)])
def test_copy_comes_back_after_its_loan_began_and_before_now(admin: Person, shelves: Shelves,
                                                             moment: object) -> None:
    assert isinstance(moment, type(NOON))
    loan = borrow(admin, shelves.book())
    answer = tell(admin, loan, 'return', returned_at=rfc3339(moment))
    assert faults(answer) == [('/returned_at', 'out_of_range')]


def test_extension_adds_to_the_former_date(ada: Person, site: Site, clock: FakeClock,
                                           shelves: Shelves) -> None:
    loan = borrow(ada, shelves.book('Emma'))
    clock.advance(days=39)
    site.execute('UPDATE library_book SET deactivated_at = now()')  # extended all the same
    extended = act(ada, loan, 'extend')
    assert extended['due_at'] == rfc3339(NOON + timedelta(days=40))
    assert (extended['extensions'], extended['extended'], extended['late']) == (1, True, False)
    assert extended['can_extend'] is False
    answer = tell(ada, loan, 'extend')
    assert refusal(answer) == (409, 'extension_limit')
    assert answer.get_json()['limit'] == 1
    assert [row.text for row in site.activity()][1] == 'Extended the loan of “Emma”'


def test_extension_that_would_have_passed_is_too_late(ada: Person, clock: FakeClock,
                                                      shelves: Shelves) -> None:
    loan = borrow(ada, shelves.book())
    clock.advance(days=40)
    assert shown(ada, loan)['can_extend'] is False
    assert refusal(tell(ada, loan, 'extend')) == (409, 'extension_too_late')


def test_extension_gives_way_to_who_waits(ada: Person, ben: Person, shelves: Shelves) -> None:
    book = shelves.book()
    loan = borrow(ada, book)
    hold = document(ben.post(HOLDS, json={'book_id': str(book.id)}), 201)
    assert shown(ada, loan)['can_extend'] is False
    assert refusal(tell(ada, loan, 'extend')) == (409, 'hold_waiting')
    document(ben.post(f"{HOLDS}/{hold['id']}/suspend"))
    assert shown(ada, loan)['can_extend'] is True
    act(ada, loan, 'extend')


def test_lost_copy_is_owed_beside_its_rent(admin: Person, ada: Person, site: Site,
                                           shelves: Shelves) -> None:
    book = shelves.book('Emma')
    loan = borrow(ada, book)
    ended = act(admin, loan, 'lost', charge='12.50')
    assert ended['charge']['frozen'] is True
    assert statuses(site, book) == ['lost']
    assert entries(site, loan) == [('charge', 'rent', '2.00'), ('charge', 'lost', '12.50')]
    assert 'Reported “Emma” lost for ada' in [row.text for row in site.activity()]


@pytest.mark.parametrize('charge', [12.5, '0.00', '100000.01', '-1.00', '1.005'])
def test_charge_is_an_amount(admin: Person, shelves: Shelves, charge: object) -> None:
    loan = borrow(admin, shelves.book())
    assert faults(tell(admin, loan, 'lost', charge=charge))[0][0] == '/charge'


def test_lost_without_a_charge(admin: Person, site: Site, shelves: Shelves) -> None:
    loan = borrow(admin, shelves.book())
    act(admin, loan, 'lost')
    assert entries(site, loan) == [('charge', 'rent', '2.00')]


def test_desk_hears_whom_the_copy_waits_for(admin: Person, ada: Person, ben: Person, site: Site,
                                            shelves: Shelves) -> None:
    book = shelves.book('Emma')
    borrow(ada, book)
    scanned = {'barcode': book.barcodes[0]}
    assert refusal(ada.post(RETURNS, json=scanned)) == (403, 'not_permitted')
    hold = document(ben.post(HOLDS, json={'book_id': str(book.id)}), 201)
    done = document(admin.post(RETURNS, json=scanned))
    assert done['loan']['member']['username'] == 'ada'
    assert done['loan']['returned_at'] is not None
    assert (done['hold']['id'], done['hold']['state']) == (hold['id'], 'ready')
    assert done['hold']['copy']['barcode'] == book.barcodes[0]
    assert statuses(site, book) == ['on_hold_shelf']
    assert refusal(admin.post(RETURNS, json=scanned)) == (409, 'not_on_loan')
    assert refusal(admin.post(RETURNS, json={'barcode': 'NONE'})) == (404, 'copy_not_found')


def test_desk_puts_a_copy_that_nobody_waits_for_on_the_shelf(admin: Person, ada: Person,
                                                             shelves: Shelves) -> None:
    book = shelves.book()
    borrow(ada, book)
    assert document(admin.post(RETURNS, json={'barcode': book.barcodes[0]}))['hold'] is None


def test_returned_book_is_borrowed_again(ada: Person, shelves: Shelves) -> None:
    book = shelves.book()
    act(ada, borrow(ada, book), 'return')
    borrow(ada, book)


def test_who_saw_an_older_loan_decides_anew(ada: Person, admin: Person, shelves: Shelves) -> None:
    loan = borrow(ada, shelves.book())
    path = f"{LOANS}/{loan['id']}"
    tag = ada.get(path).headers['ETag']
    assert ada.post(f'{path}/extend', if_match=tag).status_code == 200
    for what in ('extend', 'return', 'lost'):
        answer = admin.post(f'{path}/{what}', if_match=tag)
        assert refusal(answer) == (412, 'version_mismatch')
        assert answer.headers['ETag'] == ada.get(path).headers['ETag']
    assert ada.post(f'{path}/return', if_match=answer.headers['ETag']).status_code == 200
