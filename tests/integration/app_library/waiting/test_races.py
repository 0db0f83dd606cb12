from collections import Counter
from itertools import cycle
from typing import Any

from tests.authors import Person, Site
from tests.integration.app_library.waiting.desk import (ADVANCE, FAVOURITES, HOLDS, Desk, place,
                                                        refusal, shown)
from tests.parallel import at_once
from tests.shelves import Shelved

LOANS = '/v1/library/loans'


def crowd(site: Site, number: int) -> list[Person]:
    return [site.member(f'reader-{index}') for index in range(number)]


def borrowed(person: Person, barcode: str) -> str:
    """The path of a new loan of the copy."""
    answer = person.post(LOANS, json={'barcode': barcode})
    assert answer.status_code == 201, answer.text
    return str(answer.headers['Location'])


def settled(site: Site, book: Shelved) -> None:
    """Whoever waits does so for want of a copy, and every kept copy is kept for one hold."""
    holds = site.execute(
        'SELECT state, copy_id FROM library_hold WHERE book_id = :id '
        "AND state IN ('waiting', 'ready')",
        id=book.id)
    copies = site.execute('SELECT id, status FROM library_copy WHERE book_id = :id', id=book.id)
    kept = [hold.copy_id for hold in holds if hold.state == 'ready']
    assert sorted(kept) == sorted(row.id for row in copies if row.status == 'on_hold_shelf')
    waiting = sum(hold.state == 'waiting' for hold in holds)
    assert not waiting or all(row.status != 'available' for row in copies)
    figures = site.execute('SELECT * FROM library_book_figures WHERE book_id = :id', id=book.id)[0]
    open_holds = site.execute(
        'SELECT count(*) FROM library_hold WHERE book_id = :id '
        "AND state IN ('waiting', 'suspended', 'ready')",
        id=book.id)[0][0]
    assert figures.holds_count == open_holds


def test_fifty_members_stand_in_one_line(desk: Desk, site: Site) -> None:
    book, people = desk.taken(), crowd(site, 50)
    answers = at_once(50, lambda index: people[index].post(HOLDS, json={'book_id': str(book.id)}))
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(answer.get_json()['position'] for answer in answers) == list(range(1, 51))
    seen = [
        shown(person, answer.get_json())['position']
        for person, answer in zip(people, answers, strict=True)
    ]
    assert sorted(seen) == list(range(1, 51))
    assert seen == [answer.get_json()['position'] for answer in answers]


def test_one_member_waits_once(desk: Desk, ada: Person) -> None:
    book = desk.taken()
    answers = at_once(50, lambda _: ada.post(HOLDS, json={'book_id': str(book.id)}))
    counted = Counter(answer.status_code for answer in answers)
    assert counted == {201: 1, 409: 49}
    codes = {refusal(answer) for answer in answers if answer.status_code == 409}
    assert codes == {(409, 'already_on_hold')}


def test_limit_of_holds_holds(desk: Desk, ada: Person, site: Site) -> None:
    site.execute('UPDATE library_policy SET max_holds = 3')
    books = [desk.taken(f'Book {number}') for number in range(20)]
    answers = at_once(20, lambda index: ada.post(HOLDS, json={'book_id': str(books[index].id)}))
    assert Counter(answer.status_code for answer in answers) == {201: 3, 409: 17}
    codes = {refusal(answer) for answer in answers if answer.status_code == 409}
    assert codes == {(409, 'hold_limit')}


def test_book_is_marked_once_however_often_it_is_asked(desk: Desk, ada: Person,
                                                       site: Site) -> None:
    book = desk.shelves.book()
    answers = at_once(50, lambda _: ada.post(FAVOURITES, json={'book_id': str(book.id)}))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 49}
    made, = (answer.get_json()['id'] for answer in answers if answer.status_code == 201)
    refused = [answer for answer in answers if answer.status_code == 409]
    assert {refusal(answer) for answer in refused} == {(409, 'already_favourite')}
    assert {answer.get_json()['favourite_id'] for answer in refused} == {made}
    assert len(site.execute('SELECT 1 FROM library_favourite')) == 1


def test_two_returned_copies_go_to_the_first_two(desk: Desk, ada: Person, ben: Person,
                                                 site: Site) -> None:
    book = desk.shelves.book(copies=2)
    loans = [borrowed(ada, book.barcodes[0]), borrowed(ben, book.barcodes[1])]
    people = crowd(site, 10)
    holds = [place(person, book) for person in people]
    answers = at_once(2, lambda index: (ada, ben)[index].post(f'{loans[index]}/return'))
    assert [answer.status_code for answer in answers] == [200, 200]
    now = [shown(person, hold) for person, hold in zip(people, holds, strict=True)]
    assert [hold['state'] for hold in now] == ['ready'] * 2 + ['waiting'] * 8
    assert {hold['copy']['barcode'] for hold in now[:2]} == set(book.barcodes)
    assert [hold['position'] for hold in now[2:]] == list(range(1, 9))
    settled(site, book)


def act(person: Person, hold: dict[str, Any], action: str) -> int:
    path = f"{HOLDS}/{hold['id']}"
    if action == 'cancel':
        return person.delete(path).status_code
    return person.post(f'{path}/{action}').status_code


def test_holds_change_while_copies_come_back(desk: Desk, site: Site) -> None:
    book = desk.shelves.book(copies=4)
    borrowers, people = crowd(site, 4), [site.member(f'waiting-{index}') for index in range(12)]
    loans = [
        borrowed(person, barcode) for person, barcode in zip(borrowers, book.barcodes, strict=True)
    ]
    holds = [place(person, book) for person in people]
    actions = cycle(('suspend', 'resume', 'cancel'))
    wanted = [(index, next(actions)) for index in range(12) for _ in range(2)]

    def run(index: int) -> int:
        if index < 4:
            return borrowers[index].post(f'{loans[index]}/return').status_code
        if index < 8:
            desk.run(ADVANCE)
            return 200
        whose, action = wanted[index - 8]
        return act(people[whose], holds[whose], action)

    statuses = at_once(8 + len(wanted), run)
    assert statuses[:8] == [200] * 8
    assert set(statuses) <= {200, 204, 409}
    settled(site, book)
    desk.run(ADVANCE)
    settled(site, book)


def test_member_borrows_what_waits_and_others_do_not(desk: Desk, ada: Person, site: Site) -> None:
    book = desk.shelves.book()
    loan = borrowed(ada, book.barcodes[0])
    people = crowd(site, 10)
    for person in people:
        place(person, book)
    assert ada.post(f'{loan}/return').status_code == 200
    answers = at_once(10, lambda index: people[index].post(LOANS, json={'book_id': str(book.id)}))
    assert [answer.status_code for answer in answers] == [201] + [409] * 9
    assert {refusal(answer) for answer in answers[1:]} == {(409, 'no_copy_available')}
    settled(site, book)
