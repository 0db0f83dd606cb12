import pytest

from talelio_backend.app_account.domain.password import PasswordTooLong, checked_password, prepared
from talelio_backend.shared.domain.errors import Invalid


def _is_common(folded: str) -> bool:
    return folded == 'password1'


def _check(password: str) -> str:
    return checked_password(password,
                            username='Quietheron',
                            email='Grey.Heron@example.org',
                            is_common=_is_common)


def _codes(password: str) -> list[str]:
    with pytest.raises(Invalid) as refused:
        _check(password)
    assert {fault.pointer for fault in refused.value.faults} == {'/password'}
    return [fault.code for fault in refused.value.faults]


def test_any_eight_characters_will_do() -> None:
    assert _check('        ') == '        '
    assert _check('\U0001F426' * 8) == '\U0001F426' * 8


def test_seven_characters_are_too_few() -> None:
    assert _codes('abcdefg') == ['too_short']


def test_1024_bytes_are_the_most() -> None:
    assert _check('ä' * 512) == 'ä' * 512
    assert _codes('ä' * 512 + 'a') == ['too_long']


def test_password_that_grows_by_composition_is_judged_as_it_is_hashed() -> None:
    # U+FDFA is three bytes and becomes thirty-three.
    assert _codes('\ufdfa' * 100) == ['too_long']


def test_huge_password_is_refused_before_it_is_composed() -> None:
    with pytest.raises(PasswordTooLong):
        prepared('a' * 10_000_000)


def test_ways_to_type_a_letter_are_one_password() -> None:
    assert prepared('e\u0301clairs') == prepared('\u00e9clairs')
    assert prepared('\uff41bcdefgh') == 'abcdefgh'


@pytest.mark.parametrize('password', ['password1', 'PassWord1', '\uff50assword1'])
def test_common_password_is_refused_in_any_casing(password: str) -> None:
    assert _codes(password) == ['too_common']


@pytest.mark.parametrize('password', ['quietheron', 'GREY.HERON', 'grey.heron@EXAMPLE.org'])
def test_password_like_a_name_is_refused(password: str) -> None:
    assert _codes(password) == ['like_name']


def test_every_fault_is_named() -> None:
    assert _codes('\ud800' * 3) == ['too_short']
    with pytest.raises(Invalid) as refused:
        checked_password('abc', username='abc', email=None, is_common=lambda folded: True)
    codes = [fault.code for fault in refused.value.faults]
    assert codes == ['too_short', 'too_common', 'like_name']
