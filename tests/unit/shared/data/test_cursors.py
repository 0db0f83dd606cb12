import base64

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from talelio_backend.shared.data.cursors import SignedCursors
from talelio_backend.shared.services.listing import BadQuery

CURSORS = SignedCursors('a key that nobody knows' * 4)
values = st.lists(st.none() | st.text(st.characters(exclude_categories=['Cs'])), max_size=4)


@given(values)
def test_opened_cursor_holds_what_was_sealed(sealed: list[str | None]) -> None:
    assert CURSORS.open(CURSORS.seal(sealed)) == sealed


@given(values)
def test_cursor_needs_no_escaping_in_an_address(sealed: list[str | None]) -> None:
    cursor = CURSORS.seal(sealed)
    assert all(character.isascii() and (character.isalnum() or character in '-_')
               for character in cursor)


@given(values, st.data())
def test_any_changed_character_is_refused(sealed: list[str | None], data: st.DataObject) -> None:
    cursor = CURSORS.seal(sealed)
    place = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(st.sampled_from('ABCDEFGHabcdefgh0123456789-_+/=é \n'))
    assume(other != cursor[place])
    with pytest.raises(BadQuery):
        CURSORS.open(cursor[:place] + other + cursor[place + 1:])


@given(values, st.text('AZaz09-_=+/ ', min_size=1, max_size=5))
def test_longer_and_shorter_cursors_are_refused(sealed: list[str | None], more: str) -> None:
    cursor = CURSORS.seal(sealed)
    for changed in (cursor + more, more + cursor, cursor[:-1], cursor[1:]):
        with pytest.raises(BadQuery):
            CURSORS.open(changed)


@given(st.text(max_size=60))
def test_made_up_cursor_is_refused(made_up: str) -> None:
    with pytest.raises(BadQuery) as refusal:
        CURSORS.open(made_up)
    assert refusal.value.data['parameter'] == 'cursor'


def test_cursor_of_another_installation_is_refused() -> None:
    with pytest.raises(BadQuery):
        CURSORS.open(SignedCursors('another key' * 8).seal(['1']))


def test_unsigned_content_is_refused() -> None:
    with pytest.raises(BadQuery):
        CURSORS.open(base64.urlsafe_b64encode(b'["1"]').decode().rstrip('='))


def test_another_spelling_of_the_same_bytes_is_refused() -> None:
    # Base64 leaves bits of the last character unused, and Python reads + and / as - and _ too.
    cursor = next(cursor for cursor in (CURSORS.seal([str(n)]) for n in range(99))
                  if '-' in cursor and len(cursor) % 4)
    with pytest.raises(BadQuery):
        CURSORS.open(cursor.replace('-', '+'))
    alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for other in set(alphabet) - {cursor[-1]}:
        with pytest.raises(BadQuery):
            CURSORS.open(cursor[:-1] + other)
