import pytest

from talelio_backend.app_account.domain.errors import EmailNotAllowed, RegistrationClosed
from talelio_backend.app_account.domain.registration_policy import RegistrationPolicy


def _allowlist(*admitted: str) -> RegistrationPolicy:
    return RegistrationPolicy(mode='allowlist', admitted=frozenset(admitted))


def test_open_policy_admits_everybody() -> None:
    RegistrationPolicy(mode='open').check('anybody@example.org')


def test_closed_policy_admits_nobody() -> None:
    with pytest.raises(RegistrationClosed):
        RegistrationPolicy(mode='closed', admitted=frozenset({'a@b.org'})).check('a@b.org')


@pytest.mark.parametrize('email', ['Ann@example.org', 'x@LIST.org'])
def test_listed_address_and_domain_are_admitted_without_case(email: str) -> None:
    _allowlist('ann@Example.org', ' @List.org').check(email)


@pytest.mark.parametrize('email', ['x@sub.list.org', 'list.org@evil.org', 'bob@example.org'])
def test_others_are_not_admitted(email: str) -> None:
    with pytest.raises(EmailNotAllowed):
        _allowlist('ann@example.org', '@list.org').check(email)


def test_empty_list_admits_nobody() -> None:
    with pytest.raises(EmailNotAllowed):
        _allowlist().check('ann@example.org')


def test_international_domain_may_be_written_as_people_write() -> None:
    _allowlist('@exämple.org').check('ann@xn--exmple-cua.org')
