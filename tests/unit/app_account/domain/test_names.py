import pytest

from talelio_backend.app_account.domain.names import (checked_username, could_be_username, fold,
                                                      local_part)
from talelio_backend.shared.domain.errors import Invalid


def _codes(name: str) -> list[str]:
    with pytest.raises(Invalid) as refused:
        checked_username(name)
    return [fault.code for fault in refused.value.faults]


@pytest.mark.parametrize('name', ['abc', 'A.b-c_9', '123', 'a' * 30, 'deleted'])
def test_letters_digits_and_three_marks_make_a_username(name: str) -> None:
    assert checked_username(f' {name} ') == name


@pytest.mark.parametrize('name', ['.abc', 'abc-', 'a b', 'äiti', 'a\nb', 'abc\n.', 'аbc'])
def test_username_of_other_characters_is_refused(name: str) -> None:
    assert _codes(name) == ['wrong_form']


def test_username_has_three_to_thirty_characters() -> None:
    assert _codes('ab') == ['too_short']
    assert _codes('a' * 31) == ['too_long']


@pytest.mark.parametrize('name', ['me', 'Admin', 'NULL', 'undefined', 'deleted-x', 'Deleted-0a1b'])
def test_reserved_usernames_are_refused_in_any_casing(name: str) -> None:
    assert _codes(name) == ['username_reserved']


def test_tombstone_could_be_a_username_and_a_path_could_not() -> None:
    assert could_be_username('deleted-0a1b2c3d')
    assert not could_be_username('no\0body')
    assert not could_be_username('a' * 31)


def test_names_are_compared_without_case() -> None:
    assert fold('Ann@Example.ORG') == 'ann@example.org'


def test_local_part_stands_before_the_last_at() -> None:
    assert local_part('ann@example.org') == 'ann'
