"""Copies that are kept for somebody."""

from tests.authors import Person, Site
from tests.fakes import FakeClock
from tests.integration.app_library.lending.counter import (HOLDS, LOANS, act, ask, borrow,
                                                           document, refusal, statuses)
from tests.shelves import Shelves


def test_held_copy_is_for_its_holder_alone(ada: Person, ben: Person, site: Site,
                                           shelves: Shelves) -> None:
    book = shelves.book()
    loan = borrow(ben, book)
    document(ada.post(HOLDS, json={'book_id': str(book.id)}), 201)
    act(ben, loan, 'return')
    assert statuses(site, book) == ['on_hold_shelf']
    for wanted in ({'book_id': str(book.id)}, {'barcode': book.barcodes[0]}):
        assert refusal(ben.post(LOANS, json=wanted)) == (409, 'no_copy_available')
    document(ada.post(LOANS, json={'barcode': book.barcodes[0]}), 201)
    hold, = site.execute('SELECT state FROM library_hold')
    assert (hold.state, statuses(site, book)) == ('fulfilled', ['on_loan'])


def test_holder_who_takes_another_copy_leaves_theirs_free(ada: Person, ben: Person, site: Site,
                                                          shelves: Shelves) -> None:
    book = shelves.book()
    loan = borrow(ben, book)
    document(ada.post(HOLDS, json={'book_id': str(book.id)}), 201)
    act(ben, loan, 'return')
    other = shelves.copy(book.id)
    document(ada.post(LOANS, json={'barcode': other}), 201)
    rows = site.execute('SELECT barcode, status FROM library_copy')
    assert {
        row.barcode: row.status
        for row in rows
    } == {
        book.barcodes[0]: 'available',
        other: 'on_loan'
    }
    assert site.execute('SELECT state FROM library_hold')[0].state == 'fulfilled'


def test_hold_that_nobody_collected_goes_to_the_next_who_waits(ada: Person, ben: Person,
                                                               site: Site, clock: FakeClock,
                                                               shelves: Shelves) -> None:
    book = shelves.book()
    cleo = site.member('cleo')
    loan = borrow(ben, book)
    for person in (ada, cleo):
        document(person.post(HOLDS, json={'book_id': str(book.id)}), 201)
    act(ben, loan, 'return')
    clock.advance(days=7)
    # Not ada's any more, and not free for whoever comes.
    assert refusal(ask(ada, book)) == (409, 'no_copy_available')
    borrow(cleo, book)
    states = site.execute('SELECT state FROM library_hold ORDER BY placed_at')
    assert [row.state for row in states] == ['expired', 'fulfilled']
