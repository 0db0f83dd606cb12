from datetime import timedelta

from click.testing import CliRunner, Result

from tests.authors import Person, Site
from tests.fakes import NOON, FakeClock
from tests.integration.app_library.lending.counter import act, borrow, policy
from tests.integration.app_library.money.till import book
from tests.shelves import Shelves


def statement(site: Site, *arguments: str) -> Result:
    command, = (one for one in site.house.commands if one.name == 'library')
    return CliRunner().invoke(command, ['statement', *arguments], catch_exceptions=False)


def words(outcome: Result) -> list[list[str]]:
    assert outcome.exit_code == 0, outcome.output
    return [line.split() for line in outcome.output.splitlines()]


def test_a_statement_tells_everything_and_what_it_comes_to(ada: Person, admin: Person, site: Site,
                                                           shelves: Shelves,
                                                           clock: FakeClock) -> None:
    policy(admin, length_days=2, overdue_per_day='0.50')
    returned = borrow(ada, shelves.book('Emma'))
    clock.advance(days=3)
    act(ada, returned, 'return')
    borrow(ada, shelves.book('Ulysses'))
    book(admin, ada, 'payment', '1.00', note='in coins')
    clock.advance(days=1)
    told = words(statement(site, 'ada'))
    assert told[0] == ['ada,', 'as', 'of', '2026-03-18T12:00:00.123456Z']
    assert [line[-1] for line in told
            if line[1:2] in (['charge'], ['payment'])] == ['3.50', '0.50', '-1.00']
    assert ['Booked', '3.00', 'EUR'] in told
    assert next(line for line in told if 'Ulysses,' in line)[1:] == [
        'Ulysses,', '1', 'day,', 'rent', '2.00,', 'overdue', '0.00', '2.00'
    ]
    assert told[-1] == ['Balance', '5.00', 'EUR']
    assert 'in coins' in statement(site, str(ada.id)).output


def test_a_statement_of_a_day_that_has_passed(ada: Person, admin: Person, site: Site,
                                              clock: FakeClock) -> None:
    book(admin, ada, 'charge', '5.00')
    clock.advance(days=3)
    book(admin, ada, 'payment', '5.00')
    day = (NOON + timedelta(days=1)).date().isoformat()
    assert words(statement(site, 'ADA', '--as-of', day))[-1] == ['Balance', '5.00', 'EUR']
    assert words(statement(site, 'ada'))[-1] == ['Balance', '0.00', 'EUR']


def test_nobody_and_the_future_have_no_statement(ada: Person, site: Site) -> None:
    missing = statement(site, 'nobody')
    assert (missing.exit_code, 'There is no such member.' in missing.output) == (1, True)
    later = statement(site, ada.name, '--as-of', '2099-01-01')
    assert (later.exit_code, 'future' in later.output) == (1, True)
