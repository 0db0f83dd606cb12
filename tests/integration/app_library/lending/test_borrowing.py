from datetime import timedelta

from tests.authors import Person, Site
from tests.fakes import NOON, FakeClock
from tests.integration.app_library.lending.counter import (HOLDS, LOANS, ask, borrow, document,
                                                           faults, policy, refusal, rfc3339,
                                                           statuses)
from tests.shelves import Shelves


def test_stranger_borrows_nothing(stranger: Person, shelves: Shelves) -> None:
    assert refusal(ask(stranger, shelves.book())) == (401, 'credentials_required')
    assert refusal(stranger.get(LOANS)) == (401, 'credentials_required')


def test_borrowed_book_is_due_after_the_length_of_its_policy(ada: Person, site: Site,
                                                             shelves: Shelves) -> None:
    book = shelves.book('Emma', copies=2)
    answer = ask(ada, book)
    loan = document(answer, 201)
    assert answer.headers['Location'] == f"{LOANS}/{loan['id']}"
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


def test_staff_lends_to_a_member(admin: Person, ada: Person, site: Site, shelves: Shelves) -> None:
    loan = borrow(admin, shelves.book('Emma'), member_id=str(ada.id))
    assert loan['member']['username'] == 'ada'
    assert [row.text for row in site.activity()] == ['Lent “Emma” to ada']
