from datetime import timedelta

import pytest

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.domain.errors import LastAdmin, OwnAccount
from talelio_backend.app_account.domain.events import ProfileUpdated
from talelio_backend.app_account.domain.languages import Languages
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import Invalid
from talelio_backend.shared.domain.events import Change
from tests.fakes import NOON

LANGUAGES = Languages(offered=('en', 'fi'), default='en')
LATER = NOON + timedelta(hours=1)


def _account(level: Level = Level.MEMBER) -> Account:
    account = Account.register(email='ann@example.org',
                               username='ann',
                               password_hash='hash',
                               language='en',
                               now=NOON)
    account.level = level
    account.collect_events()
    return account


def _actions(account: Account) -> list[str | None]:
    return [event.action for event in account.collect_events()]


def test_registration_is_told_in_the_name_of_the_account() -> None:
    account = Account.register(email='ann@example.org',
                               username='ann',
                               password_hash='hash',
                               language='en',
                               now=NOON)
    (event, ) = account.collect_events()
    assert (event.action, event.actor_id) == ('account_registered', account.id)
    assert not account.verified


def test_edit_records_exactly_what_changed() -> None:
    account = _account()
    account.edit_profile({'location': 'Oulu', 'bio': ''}, languages=LANGUAGES, now=LATER)
    (event, ) = account.collect_events()
    assert isinstance(event, ProfileUpdated)
    assert event.changes == {'location': Change('', 'Oulu')}
    assert account.updated_at == LATER


def test_edit_that_changes_nothing_leaves_no_trace() -> None:
    account = _account()
    account.edit_profile({'location': '', 'display_name': None}, languages=LANGUAGES, now=LATER)
    assert _actions(account) == []
    assert account.updated_at == NOON


def test_refused_edit_changes_no_field() -> None:
    account = _account()
    with pytest.raises(Invalid):
        account.edit_profile({'location': 'Oulu', 'country': 'X'}, languages=LANGUAGES, now=LATER)
    assert account.location == ''


def test_last_admin_stays_one() -> None:
    account = _account(Level.ADMIN)
    with pytest.raises(LastAdmin):
        account.change_level(Level.MEMBER, other_admins=0, now=LATER)
    account.change_level(Level.MEMBER, other_admins=1, now=LATER)
    assert account.level is Level.MEMBER


def test_blocked_admin_is_not_the_last_one() -> None:
    account = _account(Level.ADMIN)
    account.blocked_at = NOON
    account.change_level(Level.MEMBER, other_admins=0, now=LATER)
    assert account.level is Level.MEMBER


def test_present_level_again_changes_nothing() -> None:
    account = _account(Level.ADMIN)
    account.change_level(Level.ADMIN, other_admins=0, now=LATER)
    assert _actions(account) == []


def test_blocked_account_counts_as_everyone_and_gets_its_level_back() -> None:
    account = _account(Level.ADMIN)
    account.block(reason='spam', by_owner=False, other_admins=1, now=LATER)
    levels = [account.effective_level]
    account.unblock(LATER)
    levels.append(account.effective_level)
    assert levels == [Level.EVERYONE, Level.ADMIN]
    assert account.block_reason is None
    assert _actions(account) == ['account_blocked', 'account_unblocked']


def test_nobody_blocks_their_own_account() -> None:
    with pytest.raises(OwnAccount):
        _account(Level.ADMIN).block(reason=None, by_owner=True, other_admins=3, now=LATER)


def test_last_admin_is_not_blocked() -> None:
    with pytest.raises(LastAdmin):
        _account(Level.ADMIN).block(reason=None, by_owner=False, other_admins=0, now=LATER)


def test_blocking_and_unblocking_again_changes_nothing() -> None:
    account = _account()
    account.unblock(LATER)
    account.block(reason='first', by_owner=False, other_admins=1, now=NOON)
    account.block(reason='second', by_owner=True, other_admins=0, now=LATER)
    assert (account.block_reason, account.blocked_at) == ('first', NOON)
    assert _actions(account) == ['account_blocked']


def test_appointed_account_is_a_verified_admin() -> None:
    account = _account()
    account.appoint(LATER)
    assert (account.level, account.verified_at) == (Level.ADMIN, LATER)
    account.appoint(LATER + timedelta(days=1))
    assert account.verified_at == LATER
    assert _actions(account) == ['account_appointed']
