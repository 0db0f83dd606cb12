"""What the ledger and the members keep, and what their sums are."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from talelio_backend.app_library.data.unit_of_work import SqlLibraryUnitOfWork
from talelio_backend.app_library.domain.ledger import Account, Entry, Kind, Reason
from talelio_backend.app_library.domain.member import Notices
from talelio_backend.app_library.domain.pricing import Rate, Tier
from talelio_backend.app_library.domain.tariff import Tariff, TariffRate
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.ids import new_id
from tests.authors import Person, Site

NOW = datetime(2026, 3, 14, 12, 0, 0, 123456, tzinfo=UTC)
Open = Callable[[], SqlLibraryUnitOfWork]


@pytest.fixture(name='open_uow')
def make_open_uow(site: Site) -> Open:
    return lambda: SqlLibraryUnitOfWork(site.house.kernel.transactions)


@pytest.fixture(name='cleo')
def make_cleo(site: Site) -> Person:
    return site.member('cleo')


def join(open_uow: Open, member_id: UUID) -> str:
    with open_uow() as uow:
        member = uow.members.locked(member_id, now=NOW)
        assert member is not None
        uow.commit()
    return member.card_number


def test_a_member_is_made_at_first_use_with_a_card_number(open_uow: Open, cleo: Person,
                                                          ada: Person) -> None:
    first, second = join(open_uow, cleo.id), join(open_uow, ada.id)
    assert first != second
    assert join(open_uow, cleo.id) == first


def test_a_card_number_that_staff_gave_is_passed_over(site: Site, open_uow: Open, cleo: Person,
                                                      ada: Person) -> None:
    number = join(open_uow, cleo.id)
    following = f'{int(number) + 1:08d}'
    site.execute('UPDATE library_member SET card_number = :number', number=following)
    assert int(join(open_uow, ada.id)) == int(following) + 1


def test_nobody_becomes_no_member(open_uow: Open) -> None:
    with open_uow() as uow:
        assert uow.members.locked(new_id(), now=NOW) is None
        assert uow.members.username(new_id()) is None
        assert uow.members.standing(new_id()) is None


def test_a_member_comes_back_as_it_was_stored(open_uow: Open, cleo: Person) -> None:
    with open_uow() as uow:
        member = uow.members.locked(cleo.id, now=NOW)
        assert member is not None
        member.change(
            {
                'credit_limit': Decimal('5.00'),
                'history_days': 30,
                'notices': Notices(overdue=False),
                'card_number': 'C-1',
            },
            username='cleo')
        uow.commit()
    with open_uow() as uow:
        found = uow.members.locked(cleo.id, now=NOW)
        assert found is not None
        assert asdict(found) == asdict(member)


def test_the_accounts_say_who_may_borrow(site: Site, open_uow: Open, cleo: Person) -> None:
    with open_uow() as uow:
        standing = uow.members.standing(cleo.id)
        assert standing is not None
        assert (standing.username, standing.level, standing.may_borrow) == ('cleo', Level.MEMBER,
                                                                            True)
        assert uow.members.levels([cleo.id, new_id()]) == {cleo.id: Level.MEMBER}
    site.execute('UPDATE account SET blocked_at = now()')
    with open_uow() as uow:
        blocked = uow.members.standing(cleo.id)
        assert blocked is not None and not blocked.may_borrow


def test_a_tariff_comes_back_as_it_was_stored(open_uow: Open) -> None:
    rate = Rate(tiers=(Tier(days=2, rate=Decimal('1.00')), Tier(days=None, rate=Decimal('0.50'))),
                minimum=Decimal('3.00'))
    tariff = Tariff.publish(
        tariff_id='v4',
        label='Fourth',
        effective_from=NOW,
        currency='EUR',
        rates=[TariffRate(item_type=None, rate=rate),
               TariffRate(item_type='novel', rate=rate)],
        now=NOW)
    with open_uow() as uow:
        uow.tariffs.add(tariff)
        uow.commit()
    with open_uow() as uow:
        found = uow.tariffs.with_id('v4')
        assert found is not None
        assert asdict(found) == asdict(tariff)
        assert not uow.tariffs.is_carried('v4')
        in_force = uow.tariffs.in_force(NOW)
        assert in_force is not None and in_force.id == 'v4'
        before = uow.tariffs.in_force(NOW - timedelta(microseconds=1))
        assert before is None or before.id != 'v4'


def test_an_entry_comes_back_as_it_was_stored_and_is_summed(open_uow: Open, cleo: Person) -> None:
    account = Account(member_id=cleo.id, username='cleo', currency='EUR', actor_id=cleo.id)
    with open_uow() as uow:
        uow.members.locked(cleo.id, now=NOW)
        charge = Entry.book(account,
                            kind=Kind.CHARGE,
                            reason=Reason.DAMAGE,
                            amount=Decimal('7.50'),
                            note='a coffee cup',
                            now=NOW)
        charge.request_key, charge.request_fingerprint = b'a' * 32, 'b' * 64
        uow.ledger.add(charge)
        uow.ledger.add(
            Entry.book(account, kind=Kind.PAYMENT, amount=Decimal('2.25'), note='', now=NOW))
        uow.commit()
    with open_uow() as uow:
        found = uow.ledger.of_request(b'a' * 32)
        assert found is not None
        assert asdict(found) == asdict(charge)
        assert uow.ledger.booked(cleo.id) == Decimal('5.25')
        assert uow.ledger.balance(cleo.id, at=NOW) == Decimal('5.25')
        assert not uow.ledger.is_voided(charge.id)
        uow.ledger.add(found.void(account, note='', now=NOW))
        uow.commit()
        assert uow.ledger.is_voided(charge.id)
        assert uow.ledger.booked(cleo.id) == Decimal('-2.25')
