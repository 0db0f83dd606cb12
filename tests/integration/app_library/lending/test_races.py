"""Many at the desk at one moment: nothing is lent twice, booked twice or lost."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from talelio_backend.bootstrap import House
from tests.authors import Person, Site
from tests.conftest import MakeHouse
from tests.fakes import NOON, FakeClock
from tests.integration.app_library.lending.counter import (HOLDS, LOANS, RETURNS, act, ask, borrow,
                                                           entries, policy, rfc3339, shown,
                                                           statuses, tell)
from tests.parallel import at_once
from tests.shelves import Shelves

MANY = 50


@pytest.fixture
def house(share_house: MakeHouse, clock: FakeClock) -> House:
    # A slow machine may let fifty wait for one lock longer than a client would.
    patient = {'database_pool_timeout': 60, 'database_lock_timeout': 60}
    return share_house(clock=clock, settings=patient)


@pytest.fixture(name='crowd')
def make_crowd(site: Site) -> list[Person]:
    return [site.member(f'reader{number}') for number in range(MANY)]


def outcomes(answers: list[Any]) -> Counter[tuple[int, str | None]]:
    return Counter((answer.status_code, answer.get_json().get('code')) for answer in answers)


def test_last_copy_is_lent_once(crowd: list[Person], site: Site, shelves: Shelves) -> None:
    book = shelves.book()
    answers = at_once(MANY, lambda number: ask(crowd[number], book))
    assert outcomes(answers) == {(201, None): 1, (409, 'no_copy_available'): MANY - 1}
    assert statuses(site, book) == ['on_loan']
    check(site)


def test_member_borrows_a_title_once(ada: Person, site: Site, shelves: Shelves) -> None:
    book = shelves.book(copies=60)
    answers = at_once(MANY, lambda _number: ask(ada, book))
    assert outcomes(answers) == {(201, None): 1, (409, 'already_borrowed'): MANY - 1}
    loan_id, = {
        answer.get_json().get('loan_id',
                              answer.get_json().get('id'))
        for answer in answers
    }
    assert site.execute('SELECT count(*) FROM library_loan WHERE id = :id', id=loan_id)[0][0] == 1
    assert Counter(statuses(site, book)) == {'on_loan': 1, 'available': 59}
    check(site)


def test_ten_copies_are_lent_to_ten(crowd: list[Person], site: Site, shelves: Shelves) -> None:
    book = shelves.book(copies=10)
    answers = at_once(MANY, lambda number: ask(crowd[number], book))
    assert outcomes(answers) == {(201, None): 10, (409, 'no_copy_available'): MANY - 10}
    lent = {answer.get_json()['copy']['id'] for answer in answers if answer.status_code == 201}
    assert len(lent) == 10
    check(site)


def test_loan_is_extended_once(ada: Person, shelves: Shelves) -> None:
    loan = borrow(ada, shelves.book())
    answers = at_once(MANY, lambda _number: tell(ada, loan, 'extend'))
    assert outcomes(answers) == {(200, None): 1, (409, 'extension_limit'): MANY - 1}
    assert shown(ada, loan)['due_at'] == rfc3339(NOON + timedelta(days=40))


def test_loan_is_returned_once(admin: Person, ada: Person, site: Site, clock: FakeClock,
                               shelves: Shelves) -> None:
    policy(admin, overdue_per_day='0.50')
    book = shelves.book()
    loan = borrow(ada, book)
    clock.advance(days=22)

    def back(number: int) -> Any:
        if number % 3:
            return tell((ada, admin)[number % 2], loan, 'return')
        return admin.post(RETURNS, json={'barcode': book.barcodes[0]})

    answers = at_once(MANY, back)
    assert outcomes(answers)[(200, None)] == 1
    assert set(outcomes(answers[::3])) <= {(200, None), (409, 'not_on_loan')}
    assert set(outcomes(answers[1::3])) <= {(200, None), (409, 'already_returned')}
    assert entries(site, loan) == [('charge', 'rent', '32.00'), ('charge', 'overdue', '1.00')]
    assert statuses(site, book) == ['available']
    check(site)


def test_loan_is_extended_or_returned(ada: Person, site: Site, shelves: Shelves) -> None:
    loan = borrow(ada, shelves.book())
    answers = at_once(10, lambda number: tell(ada, loan, ('extend', 'return')[number % 2]))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert Counter(answer.status_code for answer in answers[1::2])[200] == 1
    assert len(entries(site, loan)) == 1
    check(site)


def test_desk_in_a_rush_keeps_its_books(admin: Person, crowd: list[Person], site: Site,
                                        shelves: Shelves) -> None:
    """Borrowers, returns, holds and edits of two titles at once."""
    books = [shelves.book(title, copies=3) for title in ('Emma', 'Persuasion')]
    loans = [(person, borrow(person, books[number % 2]))
             for number, person in enumerate(crowd[:6])]

    def rush(number: int) -> Any:
        book, person = books[number % 2], crowd[number]
        if number < 6:
            return tell(*loans[number], 'return')
        if number % 5 == 0:
            copies = number // 5 % 2 + 2
            tag = admin.get(f'/v1/library/books/{book.id}').headers['ETag']
            return admin.patch(f'/v1/library/books/{book.id}',
                               json={'number_owned': copies},
                               if_match=tag)
        return person.post(LOANS if number % 3 else HOLDS, json={'book_id': str(book.id)})

    answers = at_once(MANY, rush)
    assert {answer.status_code for answer in answers} <= {200, 201, 409, 412}
    assert all(answer.status_code == 200 for answer in answers[:6])
    check(site)
    for person, loan in loans:
        assert shown(person, loan)['charge']['frozen'] is True
    # Whoever has a copy brings it back, until nobody waits.
    for row in site.execute('SELECT barcode FROM library_copy WHERE status = :s', s='on_loan'):
        assert admin.post(RETURNS, json={'barcode': row.barcode}).status_code == 200
    check(site)


def test_back_and_forth_of_one_member(ada: Person, site: Site, shelves: Shelves) -> None:
    books = [shelves.book(f'Title {number}') for number in range(10)]
    loans = [borrow(ada, book) for book in books[:5]]

    def move(number: int) -> Any:
        return tell(ada, loans[number], 'return') if number < 5 else ask(ada, books[number])

    assert {answer.status_code for answer in at_once(10, move)} == {200, 201}
    assert [act(ada, loan, 'return') for loan in map(dict, open_loans(ada))]
    check(site)


def open_loans(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.get(LOANS).get_json()['loans']
    return found


def check(site: Site) -> None:
    """Loans, holds, copies and figures agree, and nobody waits while a copy is free."""
    wrong = site.execute('''
        SELECT 'copy' AS what FROM library_copy AS copy WHERE (status = 'on_loan') <> EXISTS (
            SELECT FROM library_loan WHERE copy_id = copy.id AND returned_at IS NULL)
        UNION ALL SELECT 'kept copy' FROM library_copy AS copy
        WHERE (status = 'on_hold_shelf') <> EXISTS (
            SELECT FROM library_hold WHERE copy_id = copy.id AND state = 'ready')
        UNION ALL SELECT 'queue' FROM library_hold AS hold WHERE state = 'waiting' AND EXISTS (
            SELECT FROM library_copy WHERE book_id = hold.book_id AND status = 'available')
        UNION ALL SELECT 'figures' FROM library_book_figures AS figures WHERE
            available_copies <> (SELECT count(*) FROM library_copy AS copy
                WHERE copy.book_id = figures.book_id AND status = 'available')
            OR active_loans_count <> (SELECT count(*) FROM library_loan AS loan
                WHERE loan.book_id = figures.book_id AND returned_at IS NULL)
            OR loans_count <> (SELECT count(*) FROM library_loan AS loan
                WHERE loan.book_id = figures.book_id)
        UNION ALL SELECT 'category' FROM library_category_figures WHERE active_loans_count <> (
            SELECT count(*) FROM library_loan WHERE returned_at IS NULL)
        UNION ALL SELECT 'author' FROM library_author_figures WHERE loans_count <> (
            SELECT count(*) FROM library_loan)
        UNION ALL SELECT 'member' FROM library_member_figures AS figures WHERE
            active_loans_count <> (SELECT count(*) FROM library_loan AS loan
                WHERE loan.member_id = figures.member_id AND returned_at IS NULL)''')
    assert not wrong
