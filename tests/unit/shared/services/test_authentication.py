import pytest

from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.authentication import STRANGER, Caller, CredentialsRequired


def test_levels_are_ordered() -> None:
    assert Level.LOGGED_OUT < Level.EVERYONE < Level.MEMBER < Level.ADMIN


def test_stranger_has_no_account() -> None:
    assert STRANGER.account_id is None
    assert not STRANGER.is_admin
    with pytest.raises(CredentialsRequired):
        _ = STRANGER.member_id


def test_member_is_no_administrator() -> None:
    account = new_id()
    member = Caller(account_id=account, level=Level.MEMBER)
    assert member.member_id == account
    assert not member.is_admin
    assert Caller(account_id=account, level=Level.ADMIN).is_admin
