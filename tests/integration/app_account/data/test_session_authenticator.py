from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from talelio_backend.app_account.adapters import Adapters
from talelio_backend.app_account.domain.errors import RefreshTokenInvalid
from talelio_backend.app_account.use_cases import UseCases
from talelio_backend.bootstrap import House
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.services.authentication import Caller, TokenInvalid
from tests.fakes import FakeClock
from tests.integration.app_account.conftest import AddAccount, SignIn


@pytest.fixture(name='token')
def _token(add_account: AddAccount, sign_in: SignIn) -> str:
    add_account('boss', level=Level.ADMIN)
    add_account('ann', verified=False)
    return sign_in('ann').access_token.text


def _caller(adapters: Adapters, token: str) -> Caller:
    return adapters.authenticator.resolve(adapters.authenticator.read(token))


@contextmanager
def _statements(house: House) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    for engine in (house.kernel.engine, house.read_engine):
        event.listen(engine, 'before_cursor_execute', note)
    yield seen
    for engine in (house.kernel.engine, house.read_engine):
        event.remove(engine, 'before_cursor_execute', note)


def test_caller_is_found_in_one_statement(adapters: Adapters, house: House, token: str) -> None:
    _caller(adapters, token)  # plans the statement, once on a connection
    with _statements(house) as seen:
        claims = adapters.authenticator.read(token)
        assert not seen
        caller = adapters.authenticator.resolve(claims)
    assert len(seen) == 1
    assert (caller.level, caller.verified, caller.blocked) == (Level.MEMBER, False, False)


def test_changed_level_holds_for_the_same_token(adapters: Adapters, services: UseCases,
                                                token: str) -> None:
    services.administration.set_level(username='ann', level=Level.ADMIN)
    assert _caller(adapters, token).is_admin
    services.administration.set_level(username='ann', level=Level.MEMBER)
    assert not _caller(adapters, token).is_admin


def test_blocked_account_counts_as_everyone_and_comes_back(adapters: Adapters, services: UseCases,
                                                           token: str) -> None:
    services.administration.block(username='ann')
    caller = _caller(adapters, token)
    assert (caller.level, caller.blocked) == (Level.EVERYONE, True)
    services.administration.unblock(username='ann')
    assert _caller(adapters, token).level is Level.MEMBER


def test_token_of_an_ended_session_is_invalid(adapters: Adapters, services: UseCases,
                                              sign_in: SignIn, token: str) -> None:
    other = sign_in('ann').access_token.text
    claims = adapters.authenticator.read(token)
    services.sessions.end(account_id=claims.content['account_id'],
                          session_id=claims.content['session_id'])
    with pytest.raises(TokenInvalid):
        _caller(adapters, token)
    _caller(adapters, other)


def test_raised_epoch_voids_every_token(adapters: Adapters, services: UseCases, sign_in: SignIn,
                                        token: str) -> None:
    cookie = sign_in('ann').refresh_token
    services.administration.end_all_sessions()
    with pytest.raises(TokenInvalid):
        _caller(adapters, token)
    with pytest.raises(Exception, match='refresh_token_invalid'):
        services.sessions.refresh(cookie)
    _caller(adapters, sign_in('ann').access_token.text)


def test_token_of_a_removed_account_is_invalid(adapters: Adapters, clock: FakeClock,
                                               services: UseCases, token: str) -> None:
    _caller(adapters, token)
    clock.advance(days=31)
    services.retention.sweep()
    clock.advance(days=-31)
    with pytest.raises(TokenInvalid):
        _caller(adapters, token)


def test_session_past_its_idle_expiry_does_not_cut_a_token_that_lives(
        adapters: Adapters, services: UseCases, sign_in: SignIn, clock: FakeClock,
        token: str) -> None:
    _caller(adapters, token)
    session = sign_in('ann')
    for _ in range(4):
        clock.advance(days=7, hours=-1)
        session = services.sessions.refresh(session.refresh_token)
    clock.advance(days=2, minutes=-1)
    session = services.sessions.refresh(session.refresh_token)
    clock.advance(minutes=5)
    assert _caller(adapters, session.access_token.text).level is Level.MEMBER


def test_nobody_is_signed_in_after_a_restore(adapters: Adapters, house: House, services: UseCases,
                                             add_account: AddAccount, sign_in: SignIn) -> None:
    add_account('eve')
    session = sign_in('eve')
    assert _caller(adapters, session.access_token.text)

    for react in house.on_restored:
        react()

    with pytest.raises(TokenInvalid):
        _caller(adapters, session.access_token.text)
    with pytest.raises(RefreshTokenInvalid):
        services.sessions.refresh(session.refresh_token)
    assert _caller(adapters, sign_in('eve').access_token.text)
