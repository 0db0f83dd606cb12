from datetime import timedelta
from uuid import uuid4

import pytest

from talelio_backend.app_account.domain.data_epoch import THE_ONE, DataEpoch
from talelio_backend.app_account.domain.refresh_token import RefreshToken
from talelio_backend.app_account.domain.session import Lifetimes, Session
from tests.fakes import NOON

LIFETIMES = Lifetimes(idle=timedelta(days=7), absolute=timedelta(days=30))


def _session() -> Session:
    return Session.start(account_id=uuid4(),
                         device='Firefox on Linux',
                         ip='192.0.2.1',
                         lifetimes=LIFETIMES,
                         now=NOON)


def test_signing_in_is_told_in_the_name_of_the_account() -> None:
    session = _session()
    (event, ) = session.collect_events()
    assert (event.action, event.actor_id) == ('signed_in', session.account_id)


def test_idle_expiry_never_passes_the_absolute_one() -> None:
    session = _session()
    late = NOON + timedelta(days=28)
    assert session.expires_at == NOON + timedelta(days=7)
    assert LIFETIMES.idle_expiry(late, session.absolute_expires_at) == NOON + timedelta(days=30)


@pytest.mark.parametrize(('end', 'action'), [('end', 'session_ended'), ('sign_out', 'signed_out'),
                                             ('betray', 'refresh_token_reused')])
def test_session_ends_once(end: str, action: str) -> None:
    session = _session()
    session.collect_events()
    getattr(session, end)(NOON)
    session.end(NOON + timedelta(hours=1))
    assert session.ended_at == NOON
    assert [event.action for event in session.collect_events()] == [action]


def test_session_is_over_at_its_expiry() -> None:
    session = _session()
    assert not session.is_over(NOON + timedelta(days=7) - timedelta(microseconds=1))
    assert session.is_over(NOON + timedelta(days=7))


def test_session_without_the_right_to_refresh_is_over_and_not_ended() -> None:
    session = _session()
    session.refresh_ended_at = NOON
    assert session.is_over(NOON)
    assert session.ended_at is None


def test_refresh_token_is_read_back_as_it_is_written() -> None:
    token = RefreshToken(uuid4(), 'x' * 43)
    assert RefreshToken.parse(token.text) == token
    assert 'xxx' not in repr(token)


@pytest.mark.parametrize('text', [
    '', 'rt_', 'rt_' + 'a' * 32, 'rt_' + 'a' * 32 + '.' + 'x' * 42, 'rt_' + 'A' * 32 + '.' +
    'x' * 43, 'rt_' + 'a' * 32 + '.' + 'x' * 43 + '\n', 'pt_' + 'a' * 32 + '.' + 'x' * 43
])
def test_other_texts_are_no_refresh_tokens(text: str) -> None:
    assert RefreshToken.parse(text) is None


def test_epoch_never_takes_a_number_again() -> None:
    epoch = DataEpoch(id=THE_ONE)
    epoch.advance(NOON)
    first = epoch.epoch
    epoch.advance(NOON)
    assert epoch.epoch == first + 1
    restored = DataEpoch(id=THE_ONE, epoch=0)
    restored.advance(NOON + timedelta(seconds=1))
    assert restored.epoch > epoch.epoch
