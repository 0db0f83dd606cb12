"""The names by which a person signs in: the rules for usernames and e-mail addresses."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from talelio_backend.shared.domain.errors import Fault, Invalid
from talelio_backend.shared.domain.text import clean_line

USERNAME_MIN, USERNAME_MAX = 3, 30
EMAIL_MAX = 254

_USERNAME = re.compile(r'[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?', re.ASCII)
_RESERVED = frozenset({
    'me', 'admin', 'administrator', 'root', 'system', 'api', 'support', 'staff', 'help', 'info',
    'everyone', 'anonymous', 'null', 'undefined'
})
_TOMBSTONE = 'deleted-'


def checked_username(value: str) -> str:
    """The username as it is stored. Raises Invalid."""
    name = clean_line(value)
    if len(name) < USERNAME_MIN and name.lower() not in _RESERVED:
        raise Invalid(Fault('/username', 'too_short', f'at least {USERNAME_MIN} characters'))
    if len(name) > USERNAME_MAX:
        raise Invalid(Fault('/username', 'too_long', f'at most {USERNAME_MAX} characters'))
    if not _USERNAME.fullmatch(name):
        raise Invalid(
            Fault('/username', 'wrong_form',
                  'A–Z, a–z, 0–9, “.”, “_” and “-”; first and last a letter or digit'))
    if name.lower() in _RESERVED or name.lower().startswith(_TOMBSTONE):
        raise Invalid(Fault('/username', 'username_reserved', 'this username is reserved'))
    return name


def could_be_username(text: str) -> bool:
    """Whether ``text``, from an address perhaps, could name anybody at all."""
    return len(text) <= USERNAME_MAX and _USERNAME.fullmatch(text) is not None


def fold(name: str) -> str:
    """The form in which usernames and e-mail addresses are compared. Both are ASCII."""
    return name.lower()


def local_part(email: str) -> str:
    return email.rpartition('@')[0]


@contextmanager
def gathering(faults: list[Fault]) -> Iterator[None]:
    """Adds the faults of a refusal to ``faults`` and goes on, so that all are named at once."""
    try:
        yield
    except Invalid as refused:
        faults.extend(refused.faults)
