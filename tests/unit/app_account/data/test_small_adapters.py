import pytest

from talelio_backend.app_account.data.common_passwords import PackagedCommonPasswords
from talelio_backend.app_account.data.devices import ParsedDevices
from talelio_backend.app_account.data.email_addresses import EmailAddresses
from talelio_backend.shared.data.search_text import search_text
from talelio_backend.shared.domain.errors import Invalid

FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'


@pytest.mark.parametrize(('typed', 'stored'), [
    (' Ann@Example.ORG ', 'Ann@Example.ORG'),
    ('ann@exämple.org', 'ann@xn--exmple-cua.org'),
    ('a+b.c@sub.example.test', 'a+b.c@sub.example.test'),
    ('ann@box.local', 'ann@box.local'),
])
def test_address_is_stored_as_typed_with_an_ascii_domain(typed: str, stored: str) -> None:
    assert EmailAddresses().checked(typed) == stored


@pytest.mark.parametrize('typed', [
    '', 'ann', 'ann@', '@example.org', 'ann@example', 'a b@example.org', 'ann@example..org',
    'ann@example.org\nBcc: x@example.org', 'Ann <ann@example.org>', 'ann@[127.0.0.1]',
    'äiti@example.org', 'a\0b@example.org', '\ud800@example.org', 'ann@\ud800.org'
])
def test_other_texts_are_no_addresses(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        EmailAddresses().checked(typed)
    assert [fault.code for fault in refused.value.faults] == ['wrong_form']


def test_address_has_254_characters_at_most() -> None:
    with pytest.raises(Invalid) as refused:
        EmailAddresses().checked('a@' + 'b.' * 130 + 'org')
    assert [fault.code for fault in refused.value.faults] == ['too_long']


def test_list_of_common_passwords_has_ten_thousand_and_more() -> None:
    is_common = PackagedCommonPasswords()
    assert all(map(is_common, ['password', '12345678', 'iloveyou', 'qwertyuiop']))
    assert not is_common('correct horse battery staple')
    known = is_common._known  # pylint: disable=protected-access
    assert known is not None
    assert len(known) >= 10_000
    assert all(password == password.casefold() for password in known)


@pytest.mark.parametrize(('user_agent', 'named'), [
    (FIREFOX, 'Firefox on Linux'),
    ('curl/8.5.0', 'curl'),
    ('', 'unknown device'),
    ('x' * 100_000, 'unknown device'),
])
def test_device_is_browser_on_system(user_agent: str, named: str) -> None:
    assert ParsedDevices().describe(user_agent) == named


def test_search_folds_case_and_accents() -> None:
    assert search_text('Äiti', None, 'É@x') == 'aiti\n\ne@x'
    assert search_text('STRASSE') == search_text('straße')
