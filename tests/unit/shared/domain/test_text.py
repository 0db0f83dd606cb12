import pytest
from hypothesis import given
from hypothesis import strategies as st

from talelio_backend.shared.domain.text import (clean_line, excerpt, has_control_characters,
                                                normalize_newlines)


def test_line_is_trimmed_and_composed() -> None:
    assert clean_line(' \t\u00a0A\u0308rger am See \n') == '\u00c4rger am See'


@pytest.mark.parametrize('value', ['a\x00b', '\x1b[1m', '\x7f', '\x85', '\x0b', '\ud800'])
def test_control_characters_are_found_with_and_without_newlines(value: str) -> None:
    assert has_control_characters(value, allow_newlines=True)
    assert has_control_characters(value, allow_newlines=False)


@pytest.mark.parametrize('value', ['a\tb', 'a\nb', 'a\r\nb'])
def test_layout_is_allowed_with_newlines_only(value: str) -> None:
    assert not has_control_characters(value, allow_newlines=True)
    assert has_control_characters(value, allow_newlines=False)


def test_ordinary_text_has_no_control_characters() -> None:
    assert not has_control_characters('\u65e5\u672c \u200d\U0001f600 \u00e9', allow_newlines=False)


def test_every_line_end_becomes_a_newline() -> None:
    assert normalize_newlines('a\r\nb\rc\nd\r\r\n') == 'a\nb\nc\nd\n\n'


def test_short_text_is_its_own_excerpt() -> None:
    assert excerpt('a' * 160) == 'a' * 160


def test_excerpt_is_cut_at_a_word() -> None:
    assert excerpt('one two three', 9) == 'one two'
    assert excerpt('one two three', 7) == 'one two'
    assert excerpt('one two three', 6) == 'one'


def test_excerpt_of_one_long_word_is_cut_within_it() -> None:
    assert excerpt('a' * 200) == 'a' * 160


@given(st.text(), st.integers(1, 40))
def test_excerpt_is_a_short_beginning(text: str, limit: int) -> None:
    cut = excerpt(text, limit)
    assert text.startswith(cut)
    assert len(cut) <= limit
