import json
from typing import Any

import pytest

from talelio_backend.app_account.adapters import Adapters
from talelio_backend.app_account.services.queries import UserFilter
from talelio_backend.app_account.use_cases import UseCases
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import UserNotFound
from talelio_backend.shared.services.listing import BadQuery, PageRequest
from tests.fakes import NOON, FakeClock
from tests.integration.app_account.conftest import AddAccount, SignIn

SORTS = ['created_at', 'email', 'username', 'verified_at', 'level', 'last_seen_at']


def _names(adapters: Adapters, request: PageRequest | None = None, **wanted: Any) -> list[str]:
    page = adapters.queries.users(UserFilter(**wanted), request or PageRequest())
    return [row['username'] for row in json.loads(page.rows)]


@pytest.fixture(name='people')
def _people(add_account: AddAccount, clock: FakeClock, services: UseCases) -> None:
    for username, verified, level in (('Boss', True, Level.ADMIN), ('Ann', True, Level.MEMBER),
                                      ('bob_b', False, Level.MEMBER)):
        add_account(username, verified=verified, level=level)
        clock.advance(minutes=1)
    services.administration.block(username='ann')


@pytest.mark.usefixtures('people')
@pytest.mark.parametrize(('sort', 'names'), [
    (None, ['bob_b', 'Ann', 'Boss']),
    ('created_at_asc', ['Boss', 'Ann', 'bob_b']),
    ('email_asc', ['Ann', 'bob_b', 'Boss']),
    ('username_desc', ['Boss', 'bob_b', 'Ann']),
    ('verified_at_asc', ['bob_b', 'Boss', 'Ann']),
    ('level_desc', ['Boss', 'bob_b', 'Ann']),
    ('last_seen_at_asc', ['Boss', 'Ann', 'bob_b']),
])
def test_every_sort_orders_without_case_and_pages_on(adapters: Adapters, sort: str | None,
                                                     names: list[str]) -> None:
    assert _names(adapters, PageRequest(sort=sort)) == names
    by_cursor, cursor = [], None
    for _ in names:
        page = adapters.queries.users(UserFilter(), PageRequest(sort=sort, limit=1, cursor=cursor))
        by_cursor += [row['username'] for row in json.loads(page.rows)]
        cursor = page.next
    assert (by_cursor, cursor) == (names, None)


@pytest.mark.usefixtures('people')
@pytest.mark.parametrize(('wanted', 'names'), [
    ({'q': 'ÁNN'}, ['Ann']),
    ({'q': ' @EXAMPLE.org'}, ['bob_b', 'Ann', 'Boss']),
    ({'q': 'b_b'}, ['bob_b']),
    ({'q': '%'}, []),
    ({'level': Level.ADMIN}, ['Boss']),
    ({'verified': False}, ['bob_b']),
    ({'verified': True, 'blocked': False}, ['Boss']),
    ({'blocked': True}, ['Ann']),
    ({'since': NOON.replace(minute=1)}, ['bob_b', 'Ann']),
    ({'before': NOON.replace(minute=1)}, ['Boss']),
])  # yapf: disable
def test_filters_combine(adapters: Adapters, wanted: dict[str, Any], names: list[str]) -> None:
    assert _names(adapters, **wanted) == names


@pytest.mark.usefixtures('people')
def test_display_name_is_searched_as_soon_as_it_changes(adapters: Adapters,
                                                        services: UseCases) -> None:
    with adapters.open_uow() as uow:
        account = uow.accounts.by_username('bob_b')
        assert account is not None
    services.profiles.edit(account_id=account.id, changes={'display_name': 'Käki'})
    assert _names(adapters, q='kaki') == ['bob_b']


def test_options_touch_no_rows(adapters: Adapters) -> None:
    page = adapters.queries.users(UserFilter(), PageRequest(options_only=True))
    assert [option.id for option in page.sort_options] == SORTS
    with pytest.raises(BadQuery):
        _names(adapters, PageRequest(sort='password_hash_asc'))


@pytest.mark.usefixtures('people')
def test_user_shows_nothing_personal_and_no_secret(adapters: Adapters) -> None:
    public = json.loads(adapters.queries.user('aNN').body)
    assert set(public) == {
        'id', 'username', 'display_name', 'location', 'bio', 'avatar_url', 'created_at'
    }
    row = adapters.queries.user_row('ann').body
    assert 'argon2' not in row
    assert json.loads(row)['blocked'] is True
    for nobody in ('nobody', 'a%00', 'ä'):
        with pytest.raises(UserNotFound):
            adapters.queries.user(nobody)


def test_live_sessions_are_listed_with_the_present_one_marked(adapters: Adapters,
                                                              add_account: AddAccount,
                                                              sign_in: SignIn,
                                                              clock: FakeClock) -> None:
    account = add_account('ann')
    for _ in range(3):
        newest = sign_in('ann').access_token.text
        current = adapters.authenticator.read(newest).content['session_id']
        clock.advance(days=3)
    found, cursor = [], None
    for _ in range(2):
        page = adapters.queries.sessions(account_id=account.id,
                                         current=current,
                                         request=PageRequest(limit=1, cursor=cursor))
        found += json.loads(page.rows)
        cursor = page.next
        clock.advance(seconds=1)  # a cursor outlives the moment in which it was given
    assert [row['current'] for row in found] == [True, False]
    assert cursor is None
    assert found[0]['kind'] == 'login'
