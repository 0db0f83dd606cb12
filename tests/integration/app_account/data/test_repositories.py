from dataclasses import asdict
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from talelio_backend.app_account.adapters import Adapters
from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.domain.errors import EmailTaken, UsernameTaken
from talelio_backend.app_account.domain.link import Link, Purpose
from talelio_backend.app_account.domain.session import Lifetimes, Session
from talelio_backend.bootstrap import House
from talelio_backend.shared.domain.access import Level
from tests.fakes import NOON

_INSERT_PROJECT = text('''
    INSERT INTO project (id, owner_id, title, body, html, named_links, renderer, links, position,
                         version, created_at, updated_at)
    VALUES (:id, :owner_id, 'Heron', '', '', '{}', 1, '[]', 0, 1, :now, :now)
''')
LIFETIMES = Lifetimes(idle=timedelta(days=7), absolute=timedelta(days=30))


def _account(username: str = 'Ann', created: timedelta = timedelta(0)) -> Account:
    return Account.register(email=f'{username}@Example.org',
                            username=username,
                            password_hash='hash',
                            language='en',
                            now=NOON - created)


def _full() -> Account:
    account = _account()
    account.level = Level.ADMIN
    account.verified_at = NOON
    account.blocked_at = NOON + timedelta(seconds=1)
    account.block_reason = 'reason'
    account.last_seen_at = NOON + timedelta(seconds=2)
    account.updated_at = NOON + timedelta(seconds=3)
    account.display_name, account.location, account.bio = 'Änn', 'Oulu', 'line\nline'
    account.avatar_url = 'https://example.org/a.png'
    account.first_name, account.last_name, account.city = 'A', 'B', 'Oulu'
    account.birth_date, account.country = date(2000, 2, 29), 'FIN'
    return account


def _add(adapters: Adapters, *things: Account | Session | Link) -> None:
    with adapters.open_uow() as uow:
        for thing in things:
            if isinstance(thing, Account):
                uow.accounts.add(thing)
            elif isinstance(thing, Session):
                uow.sessions.add(thing)
            else:
                uow.links.add(thing)
        uow.commit()


def _session(account: Account, **changed: timedelta) -> Session:
    began = NOON - changed.get('ago', timedelta(0))
    return Session.start(account_id=account.id,
                         device='curl',
                         ip='192.0.2.1',
                         lifetimes=LIFETIMES,
                         now=began)


def _link(account: Account, *, expired: timedelta = -timedelta(hours=1)) -> Link:
    return Link(id=uuid4(),
                purpose=Purpose.VERIFY_EMAIL,
                account_id=account.id,
                email=account.email,
                token_digest=uuid4().bytes,
                created_at=NOON,
                expires_at=NOON - expired)


def test_every_field_of_an_account_is_kept(adapters: Adapters) -> None:
    account = _full()
    before = asdict(account)
    _add(adapters, account)
    with adapters.open_uow() as uow:
        loaded = uow.accounts.get(account.id)
        assert loaded is not None
        assert asdict(loaded) == before
        assert all(value is not None for value in before.values())


def test_every_field_of_session_and_link_is_kept(adapters: Adapters) -> None:
    account = _account()
    session, link = _session(account), _link(account)
    session.ended_at = session.refresh_ended_at = link.used_at = NOON
    before = asdict(session), asdict(link)
    _add(adapters, account)
    _add(adapters, session, link)
    with adapters.open_uow() as uow:
        found = uow.sessions.get(session.id), uow.links.get(link.id)
        assert found[0] is not None and found[1] is not None
        assert (asdict(found[0]), asdict(found[1])) == before
        assert isinstance(found[1].purpose, Purpose)


def test_leaving_without_commit_stores_nothing(adapters: Adapters) -> None:
    account = _account()
    with adapters.open_uow() as uow:
        uow.accounts.add(account)
        uow.flush()
    with adapters.open_uow() as uow:
        assert uow.accounts.get(account.id) is None


@pytest.mark.parametrize(('email', 'username', 'error'),
                         [('ANN@example.ORG', 'bob', EmailTaken),
                          ('bob@example.org', 'aNN', UsernameTaken)])
def test_constraint_speaks_as_the_domain_does(adapters: Adapters, email: str, username: str,
                                              error: type[Exception]) -> None:
    _add(adapters, _account())
    rival = _account(username)
    rival.email = email
    with pytest.raises(error):
        _add(adapters, rival)


def test_names_are_found_in_any_casing(adapters: Adapters) -> None:
    account = _account()
    _add(adapters, account)
    with adapters.open_uow() as uow:
        assert uow.accounts.by_email('aNN@eXAMPLE.org') == account
        assert uow.accounts.by_username('aNN') == account
        assert uow.accounts.by_username('an_') is None
        assert uow.accounts.by_username('a\0n') is None


def test_active_admins_are_those_who_are_not_blocked(adapters: Adapters) -> None:
    blocked, admin, member = _full(), _account('boss'), _account('bob')
    admin.level = Level.ADMIN
    _add(adapters, blocked, admin, member)
    with adapters.open_uow() as uow:
        assert uow.accounts.lock_active_admins() == {admin.id}


def test_live_sessions_are_the_last_used_first(adapters: Adapters) -> None:
    account = _account()
    sessions = [_session(account, ago=timedelta(days=days)) for days in (3, 1, 2, 8)]
    ended, refused = _session(account), _session(account)
    ended.ended_at = refused.refresh_ended_at = NOON
    _add(adapters, account)
    _add(adapters, *sessions, ended, refused)
    with adapters.open_uow() as uow:
        wanted = [sessions[1].id, sessions[2].id, sessions[0].id]
        assert [s.id for s in uow.sessions.live(account.id, NOON)] == wanted
        assert [s.id for s in uow.sessions.surplus(account.id, NOON, keep=1)] == wanted[1:]


def test_use_moves_the_session_and_the_account_on(adapters: Adapters) -> None:
    account = _account()
    session = _session(account)
    _add(adapters, account)
    _add(adapters, session)
    for minutes, seen in ((1, 1), (4, 1), (6, 6)):
        now = NOON + timedelta(minutes=minutes)
        with adapters.open_uow() as uow:
            use = uow.sessions.use(session.id, lifetimes=LIFETIMES, now=now)
            assert use is not None and use.account_id == account.id
            uow.commit()
        with adapters.open_uow() as uow:
            stored, user = uow.sessions.get(session.id), uow.accounts.get(account.id)
            assert stored is not None and user is not None
            assert (stored.last_used_at, stored.expires_at) == (now, now + LIFETIMES.idle)
            assert user.last_seen_at == NOON + timedelta(minutes=seen)


def test_session_is_never_used_past_its_absolute_expiry(adapters: Adapters) -> None:
    account, session = _account(), _session(_account())
    session.account_id = account.id
    session.expires_at = session.absolute_expires_at
    _add(adapters, account)
    _add(adapters, session)
    with adapters.open_uow() as uow:
        late = session.absolute_expires_at - timedelta(seconds=1)
        assert uow.sessions.use(session.id, lifetimes=LIFETIMES, now=late)
        assert not uow.sessions.use(
            session.id, lifetimes=LIFETIMES, now=late + timedelta(seconds=1))
        stored = uow.sessions.get(session.id)
        assert stored is not None and stored.expires_at == stored.absolute_expires_at


@pytest.mark.parametrize('fate', ['ended', 'refused', 'blocked'])
def test_session_that_is_over_is_not_used(adapters: Adapters, fate: str) -> None:
    account = _account()
    session = _session(account)
    session.ended_at = NOON if fate == 'ended' else None
    session.refresh_ended_at = NOON if fate == 'refused' else None
    account.blocked_at = NOON if fate == 'blocked' else None
    _add(adapters, account)
    _add(adapters, session)
    with adapters.open_uow() as uow:
        assert uow.sessions.use(session.id, lifetimes=LIFETIMES, now=NOON) is None


def test_old_sessions_and_links_are_removed_in_batches(adapters: Adapters) -> None:
    account = _account()
    old = [_session(account, ago=timedelta(days=200)) for _ in range(3)]
    fresh = _session(account, ago=timedelta(days=200))
    fresh.ended_at = NOON
    links = [_link(account, expired=timedelta(days=2)) for _ in range(3)]
    living = _link(account)
    _add(adapters, account)
    _add(adapters, *old, fresh, *links, living)
    with adapters.open_uow() as uow:
        removed = [
            uow.sessions.remove_ended_before(NOON - timedelta(days=90), 2) for _ in range(3)
        ]
        assert removed == [2, 1, 0]
        removed = [uow.links.remove_expired_before(NOON - timedelta(days=1), 2) for _ in range(3)]
        assert removed == [2, 1, 0]
        assert uow.sessions.get(fresh.id) and uow.links.get(living.id)


def test_link_of_another_purpose_or_time_is_not_redeemed(adapters: Adapters) -> None:
    account = _account()
    live, dead = _link(account), _link(account, expired=timedelta(0))
    _add(adapters, account)
    _add(adapters, live, dead)
    with adapters.open_uow() as uow:
        assert uow.links.redeem(Purpose.VERIFY_EMAIL, dead.token_digest, NOON) is None
        assert uow.links.redeem(Purpose.VERIFY_EMAIL, live.token_digest, NOON) == live
        assert uow.links.redeem(Purpose.VERIFY_EMAIL, live.token_digest, NOON) is None


def test_unverified_account_that_owns_something_stays(adapters: Adapters, house: House) -> None:
    empty, owner, young = (_account('empty', timedelta(days=31)),
                           _account('owner', timedelta(days=31)), _account('young'))
    admin = _account('admin', timedelta(days=31))
    admin.level = Level.ADMIN
    _add(adapters, empty, owner, young, admin)
    _add(adapters, _session(empty), _link(empty))
    with house.kernel.engine.begin() as connection:
        connection.execute(_INSERT_PROJECT, {'id': uuid4(), 'owner_id': owner.id, 'now': NOON})
    with adapters.open_uow() as uow:
        (found, ) = uow.accounts.unverified_before(NOON - timedelta(days=30), 10)
        assert found == empty
        found.remove_unverified()
        uow.accounts.remove(found)
        uow.commit()
    with house.kernel.engine.begin() as connection:
        rest = connection.scalars(text('SELECT username FROM "user" ORDER BY username')).all()
        assert rest == ['admin', 'owner', 'young']
        assert connection.scalar(text('SELECT count(*) FROM session')) == 0
        actions = connection.scalars(text('SELECT action FROM activity')).all()
        assert 'unverified_account_removed' in actions


def test_epoch_is_made_once_and_raised(adapters: Adapters) -> None:
    numbers = []
    for _ in range(2):
        with adapters.open_uow() as uow:
            epoch = uow.data_epoch.get()
            epoch.advance(NOON)
            numbers.append(epoch.epoch)
            uow.commit()
    assert numbers[1] > numbers[0] > 0
