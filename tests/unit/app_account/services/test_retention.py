from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.domain.link import Link, Purpose
from talelio_backend.app_account.domain.session import Lifetimes, Session
from talelio_backend.app_account.services.retention import BATCH, RetentionService
from tests.fakes import NOON, FakeClock
from tests.fakes_account import FakeAccountUnitOfWork

LIFETIMES = Lifetimes(idle=timedelta(days=7), absolute=timedelta(days=30))


@pytest.fixture(name='uow')
def _uow() -> FakeAccountUnitOfWork:
    return FakeAccountUnitOfWork()


def _sweep(uow: FakeAccountUnitOfWork) -> None:
    RetentionService(open_uow=uow.again, clock=FakeClock(), unverified_days=30).sweep()


def _link(uow: FakeAccountUnitOfWork, expired: timedelta) -> UUID:
    link = Link(id=uuid4(),
                purpose=Purpose.VERIFY_EMAIL,
                account_id=uuid4(),
                email='ann@example.org',
                token_digest=b'',
                created_at=NOON - timedelta(days=9),
                expires_at=NOON - expired)
    uow.stored_links[link.id] = link
    return link.id


def test_links_stay_for_a_day_after_their_expiry(uow: FakeAccountUnitOfWork) -> None:
    _link(uow, timedelta(hours=25))
    kept = _link(uow, timedelta(hours=23))
    _sweep(uow)
    assert list(uow.stored_links) == [kept]


def test_sessions_stay_for_90_days_after_their_end(uow: FakeAccountUnitOfWork) -> None:
    ended = {}
    for days in (89, 91):
        session = Session.start(account_id=uuid4(),
                                device='',
                                ip='',
                                lifetimes=LIFETIMES,
                                now=NOON - timedelta(days=100))
        session.end(NOON - timedelta(days=days))
        uow.stored_sessions[session.id] = session
        ended[days] = session.id
    _sweep(uow)
    assert list(uow.stored_sessions) == [ended[89]]


def test_accounts_that_were_never_verified_go_after_30_days(uow: FakeAccountUnitOfWork) -> None:
    kept = []
    for days, verified in ((31, False), (31, True), (29, False)):
        account = Account.register(email=f'{uuid4()}@example.org',
                                   username=f'u{days}{verified}',
                                   password_hash='',
                                   language='en',
                                   now=NOON - timedelta(days=days))
        account.verified_at = NOON if verified else None
        uow.stored_accounts[account.id] = account
        if verified or days < 30:
            kept.append(account.id)
    _sweep(uow)
    assert sorted(uow.stored_accounts) == sorted(kept)


def test_sweep_goes_on_after_a_full_batch(uow: FakeAccountUnitOfWork) -> None:
    for _ in range(BATCH + 1):
        _link(uow, timedelta(days=2))
    _sweep(uow)
    assert not uow.stored_links
