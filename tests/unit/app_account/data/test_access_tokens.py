import base64
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest

from talelio_backend.app_account.data.access_tokens import JwtAccessTokens
from talelio_backend.shared.services.authentication import TokenExpired, TokenInvalid
from tests.fakes import NOON, FakeClock

KEY, OTHER = 'k' * 64, 'o' * 64
ISSUER = 'https://api.example'
LATER = NOON + timedelta(days=7)


@pytest.fixture(name='clock')
def _clock() -> FakeClock:
    return FakeClock()


def _tokens(clock: FakeClock, *keys: str, issuer: str = ISSUER) -> JwtAccessTokens:
    return JwtAccessTokens(secret_keys=keys or (KEY, ), issuer=issuer, seconds=600, clock=clock)


def _issue(tokens: JwtAccessTokens) -> str:
    return tokens.issue(account_id=uuid4(), session_id=uuid4(), epoch=7, now=NOON,
                        until=LATER).text


def _forged(clock: FakeClock,
            *,
            header: dict[str, Any] | None = None,
            key: str = KEY,
            algorithm: str = 'HS256',
            **claims: Any) -> str:
    """A token of ours with other claims or another header, signed with ``key``."""
    real = _issue(_tokens(clock))
    content = jwt.decode(real, options={'verify_signature': False}) | claims
    content = {name: value for name, value in content.items() if value is not ...}
    head = jwt.get_unverified_header(real) | (header or {})
    del head['alg']  # it would win over the algorithm that is asked for
    return jwt.encode(content, key, algorithm=algorithm, headers=head)


def test_token_says_who_and_which_session_and_nothing_else(clock: FakeClock) -> None:
    account_id, session_id = uuid4(), uuid4()
    tokens = _tokens(clock)
    issued = tokens.issue(account_id=account_id,
                          session_id=session_id,
                          epoch=7,
                          now=NOON,
                          until=LATER)
    header, content = jwt.get_unverified_header(issued.text), jwt.decode(
        issued.text, options={'verify_signature': False})
    assert (header['alg'], header['typ']) == ('HS256', 'at+jwt')
    assert set(content) == {'iss', 'aud', 'sub', 'sid', 'jti', 'iat', 'exp', 'epoch'}
    assert content['exp'] - content['iat'] == issued.expires_in == 600
    claims = tokens.read(issued.text)
    assert claims.subject == f'account:{account_id}'
    assert claims.content == {'account_id': account_id, 'session_id': session_id, 'epoch': 7}


def test_token_lives_no_longer_than_its_session(clock: FakeClock) -> None:
    tokens = _tokens(clock)
    end = NOON + timedelta(seconds=90, milliseconds=700)
    issued = tokens.issue(account_id=uuid4(), session_id=uuid4(), epoch=7, now=NOON, until=end)
    assert issued.expires_in == 90
    clock.advance(seconds=94)
    tokens.read(issued.text)
    clock.advance(seconds=1)
    with pytest.raises(TokenExpired):
        tokens.read(issued.text)


def test_two_tokens_of_one_second_differ(clock: FakeClock) -> None:
    assert _issue(_tokens(clock)) != _issue(_tokens(clock))


def test_token_expires_after_its_seconds_and_the_leeway(clock: FakeClock) -> None:
    tokens = _tokens(clock)
    token = _issue(tokens)
    clock.set(NOON.replace(microsecond=0) + timedelta(seconds=604))
    tokens.read(token)
    clock.advance(seconds=1)
    with pytest.raises(TokenExpired):
        tokens.read(token)


def test_previous_key_verifies_and_does_not_sign(clock: FakeClock) -> None:
    old = _issue(_tokens(clock, OTHER))
    rotated = _tokens(clock, KEY, OTHER)
    rotated.read(old)
    with pytest.raises(TokenInvalid):
        _tokens(clock, OTHER).read(_issue(rotated))


def test_forged_helper_makes_tokens_that_are_accepted(clock: FakeClock) -> None:
    assert isinstance(_tokens(clock).read(_forged(clock)).content['account_id'], UUID)


@pytest.mark.parametrize('forgery', [
    {'key': OTHER},
    {'header': {'typ': 'JWT'}},
    {'header': {'typ': None}},
    {'header': {'kid': 'unknown'}},
    {'header': {'kid': ''}},
    {'algorithm': 'HS512'},
    {'iss': 'https://evil.example'},
    {'aud': 'somebody else'},
    {'sub': 'no uuid'},
    {'sub': ...},
    {'sid': ...},
    {'jti': ...},
    {'exp': ...},
    {'epoch': ...},
    {'epoch': 'x'},
])  # yapf: disable
def test_token_of_another_kind_is_invalid(clock: FakeClock, forgery: dict[str, Any]) -> None:
    with pytest.raises(TokenInvalid):
        _tokens(clock).read(_forged(clock, **forgery))


def test_unsigned_token_is_invalid(clock: FakeClock) -> None:
    head = jwt.get_unverified_header(_issue(_tokens(clock))) | {'alg': 'none'}
    body = _issue(_tokens(clock)).split('.')[1]
    first = base64.urlsafe_b64encode(json.dumps(head).encode()).decode().rstrip('=')
    with pytest.raises(TokenInvalid):
        _tokens(clock).read(f'{first}.{body}.')


@pytest.mark.parametrize('text',
                         ['', 'a', 'a.b.c', '..', '\ud800', 'é.é.é', 'W10.e30.', 'x' * 9000])
def test_rubbish_is_invalid(clock: FakeClock, text: str) -> None:
    with pytest.raises(TokenInvalid):
        _tokens(clock).read(text)


def test_changed_content_is_invalid(clock: FakeClock) -> None:
    head, body, mark = _issue(_tokens(clock)).split('.')
    other = _issue(_tokens(clock)).split('.')[1]
    assert body != other
    with pytest.raises(TokenInvalid):
        _tokens(clock).read(f'{head}.{other}.{mark}')


def test_weak_key_is_refused(clock: FakeClock) -> None:
    with pytest.raises(jwt.InvalidKeyError):
        _issue(_tokens(clock, 'short'))


def test_key_id_gives_nothing_of_the_key_away(clock: FakeClock) -> None:
    assert KEY[:4] not in jwt.get_unverified_header(_issue(_tokens(clock)))['kid']


def test_token_that_is_remembered_expires_all_the_same(clock: FakeClock) -> None:
    tokens = _tokens(clock)
    token = _issue(tokens)
    assert tokens.read(token) == tokens.read(token)
    clock.advance(seconds=605)
    with pytest.raises(TokenExpired):
        tokens.read(token)


def test_token_that_was_refused_is_proven_anew(clock: FakeClock) -> None:
    tokens = _tokens(clock)
    forged = _forged(clock, key=OTHER)
    for _ in range(2):
        with pytest.raises(TokenInvalid):
            tokens.read(forged)
    token = _issue(tokens)
    tokens.read(token)
    head, content, signature = token.split('.')
    for other in (f'{head}.{content}.', f'{head}.{content}.{signature[::-1]}', token + 'x'):
        with pytest.raises(TokenInvalid):
            tokens.read(other)


def test_what_is_remembered_cannot_be_changed(clock: FakeClock) -> None:
    tokens = _tokens(clock)
    token = _issue(tokens)
    content: Any = tokens.read(token).content
    with pytest.raises(TypeError):
        content['epoch'] = 8


def test_assumed_token_names_who_acts_and_lives_as_long_as_its_session(clock: FakeClock) -> None:
    admin, account = uuid4(), uuid4()
    tokens = _tokens(clock)
    issued = tokens.issue(account_id=account,
                          session_id=uuid4(),
                          epoch=7,
                          now=NOON,
                          until=NOON + timedelta(seconds=900),
                          impersonator_id=admin)
    content = jwt.decode(issued.text, options={'verify_signature': False})
    assert (content['sub'], content['act']) == (str(account), {'sub': str(admin)})
    assert issued.expires_in == content['exp'] - content['iat'] == 900
    claims = tokens.read(issued.text)
    assert claims.content['impersonator_id'] == admin
    assert claims.subject == f'account:{admin}'


@pytest.mark.parametrize('act', [None, {}, 'x', [], {'sub': 'x'}, {'sub': None}])
def test_token_whose_actor_cannot_be_read_is_invalid(clock: FakeClock, act: Any) -> None:
    with pytest.raises(TokenInvalid):
        _tokens(clock).read(_forged(clock, act=act))
