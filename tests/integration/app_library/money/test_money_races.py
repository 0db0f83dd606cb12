"""Fifty at one moment: exactly one is right."""

from collections import Counter
from typing import Any

from tests.authors import Person, Site
from tests.fakes import FakeClock
from tests.integration.app_library.lending.counter import borrow, policy
from tests.integration.app_library.money.till import amounts, balance, book, post, sums
from tests.parallel import at_once
from tests.shelves import Shelves

MANY = 50


def outcomes(answers: list[Any]) -> Counter[tuple[int, str]]:
    return Counter(
        (answer.status_code, answer.get_json().get('code', 'made')) for answer in answers)


def test_an_entry_is_voided_by_one(admin: Person, ada: Person) -> None:
    charge = book(admin, ada, 'charge', '5.00')
    answers = at_once(MANY, lambda _: post(admin, ada, kind='void', voids=charge['id']))
    assert outcomes(answers) == {(201, 'made'): 1, (409, 'already_voided'): MANY - 1}
    assert sorted(amounts(ada)) == ['-5.00', '5.00']


def test_the_whole_debt_is_waived_by_one(admin: Person, ada: Person) -> None:
    book(admin, ada, 'charge', '5.00')
    answers = at_once(MANY, lambda _: post(admin, ada, kind='waiver', amount='5.00'))
    assert outcomes(answers) == {(201, 'made'): 1, (409, 'waiver_exceeds_debt'): MANY - 1}
    assert sums(balance(ada)) == ('0.00', '0.00', '0.00')


def test_one_key_books_one_entry(admin: Person, ada: Person) -> None:
    answers = at_once(MANY, lambda _: post(admin, ada, key='one', kind='payment', amount='1.00'))
    found = outcomes(answers)
    assert set(found) <= {(201, 'made'), (409, 'idempotency_in_progress')}
    assert len({answer.data for answer in answers if answer.status_code == 201}) == 1
    assert amounts(ada) == ['-1.00']


def test_one_key_books_one_entry_though_the_kernel_forgot_it(admin: Person, ada: Person,
                                                             site: Site) -> None:
    first = post(admin, ada, key='one', kind='payment', amount='1.00')
    site.execute('DELETE FROM idempotency_key')
    answers = at_once(MANY, lambda _: post(admin, ada, key='one', kind='payment', amount='1.00'))
    assert {answer.data for answer in answers if answer.status_code == 201} == {first.data}
    assert amounts(ada) == ['-1.00']


def test_a_member_joins_once_and_every_entry_counts(admin: Person, ada: Person,
                                                    site: Site) -> None:
    answers = at_once(MANY, lambda _: post(admin, ada, kind='charge', amount='1.00'))
    assert outcomes(answers) == {(201, 'made'): MANY}
    assert sums(balance(ada))[0] == '50.00'
    assert site.execute('SELECT count(*), sum(ledger) FROM library_member_figures')[0] == (1, 50)


def test_late_days_are_booked_once_by_many_workers(admin: Person, ada: Person, site: Site,
                                                   shelves: Shelves, clock: FakeClock) -> None:
    policy(admin, length_days=1, overdue_per_day='1.00', rental=False)
    for _ in range(3):
        borrow(ada, shelves.book())
    clock.advance(days=5)
    job, = (one for one in site.house.handlers if one.name == 'library.book_overdue')
    at_once(8, lambda _: job.run())
    assert amounts(ada) == ['1.00'] * 12
