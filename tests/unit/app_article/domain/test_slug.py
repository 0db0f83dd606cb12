import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talelio_backend.app_article.domain.slug import is_slug, numbered, slugify


@pytest.mark.parametrize('title, slug', [
    ('The river walk', 'the-river-walk'),
    ('  Two --- runs,  of *signs*!  ', 'two-runs-of-signs'),
    ('The River\'s End', 'the-rivers-end'),
    ('It\u2019s Rock\u02bcn Roll', 'its-rockn-roll'),
    ('snake_case', 'snake-case'),
    ('\u00dcn\u00efc\u00f6d\u00e9 Stra\u00dfe', 'unicode-strasse'),
    ('Ti\u1ebfng Vi\u1ec7t', 'tieng-viet'),
    ('\u0130stanbul', 'istanbul'),
    ('\ufb01ne \uff21\uff22 \u00b2', 'fine-ab-2'),
    ('\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440',
     '\u043f\u0440\u0438\u0432\u0435\u0442-\u043c\u0438\u0440'),
    ('\u65e5\u672c\u8a9e \u3067', '\u65e5\u672c\u8a9e-\u3067'),
])
def test_slug_of_a_title(title: str, slug: str) -> None:
    assert slugify(title) == slug


@pytest.mark.parametrize(
    'word',
    [
        '\u0438\u0439',  # the breve of a Cyrillic letter
        '\u304c',  # the voicing of a kana
        '\u0939\u093f\u0928\u094d\u0926\u0940',  # vowel signs
    ])
def test_marks_of_other_scripts_stay(word: str) -> None:
    assert slugify(word) == word


@pytest.mark.parametrize('title', ['', '   ', '!?', '\u2019', '\U0001f600', '\u0301', '\ud800'])
def test_title_without_letters_is_an_article(title: str) -> None:
    assert slugify(title) == 'article'


def test_long_slug_is_cut_at_a_hyphen() -> None:
    assert slugify('word ' * 40) == '-'.join(['word'] * 16)
    assert slugify('a' * 79 + ' b') == 'a' * 79
    assert slugify('a' * 80 + ' b') == 'a' * 80


def test_long_word_is_cut_at_80() -> None:
    assert slugify('a' * 200) == 'a' * 80


@given(st.text())
def test_slug_has_its_form(title: str) -> None:
    slug = slugify(title)
    assert is_slug(slug)
    assert slugify(slug) == slug
    assert 1 <= len(slug) <= 80
    assert unicodedata.is_normalized('NFC', slug)
    assert not slug.startswith('-') and not slug.endswith('-') and '--' not in slug
    assert all(sign == '-' or unicodedata.category(sign)[0] in 'LNM' for sign in slug)


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x24f), min_size=1))
def test_slug_of_latin_text_has_no_marks(title: str) -> None:
    assert all(sign == '-' or sign.isalnum() for sign in slugify(title))


@pytest.mark.parametrize('value', [
    '', '-', '-a', 'a-', 'a--b', 'A', 'a b', 'a_b', 'a.b', 'a/b', '\u00fc', 'i\u0306\u0438\u0306',
    'a' * 81, 'it\'s'
])
def test_other_forms_are_no_slug(value: str) -> None:
    assert not is_slug(value)


def test_numbered_slug() -> None:
    assert numbered('river', 2) == 'river-2'


@given(st.text(), st.integers(2, 10_000))
def test_numbered_slug_stays_a_slug(title: str, number: int) -> None:
    slug = numbered(slugify(title), number)
    assert is_slug(slug)
    assert slug.endswith(f'-{number}')


def test_numbered_slug_of_80_characters_is_shortened() -> None:
    assert numbered('a' * 80, 12) == 'a' * 77 + '-12'
    assert numbered('a' * 77 + '-bc', 3) == 'a' * 77 + '-3'
