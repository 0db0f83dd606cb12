"""The rules for what a person says of themselves: the public profile and the personal fields."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from talelio_backend.app_account.domain.countries import COUNTRIES
from talelio_backend.app_account.domain.languages import Languages
from talelio_backend.app_account.domain.names import gathering
from talelio_backend.shared.domain.errors import Fault, Invalid
from talelio_backend.shared.domain.text import (clean_line, has_control_characters,
                                                normalize_newlines)

LINE_MAX = 80
BIO_MAX = 2000
URL_MAX = 2048
EARLIEST_BIRTH = date(1900, 1, 1)

PROFILE = ('display_name', 'location', 'bio', 'avatar_url', 'language')
PERSONAL = ('first_name', 'last_name', 'birth_date', 'country', 'city')


def checked_profile(values: Mapping[str, Any], *, languages: Languages,
                    today: date) -> dict[str, Any]:
    """The fields of PROFILE and PERSONAL that ``values`` names, as they are stored; ``""`` and
    None clear. Raises Invalid with every fault."""
    faults: list[Fault] = []
    stored: dict[str, Any] = {}
    for name, value in values.items():
        with gathering(faults):
            if name == 'language':
                stored[name] = languages.checked(value)
            elif name == 'birth_date':
                stored[name] = _birth_date(value, today)
            else:
                stored[name] = _TEXTS[name](name, value or '') or _EMPTY.get(name)
    if faults:
        raise Invalid(*faults)
    return stored


def _line(name: str, value: str) -> str:
    text = clean_line(value)
    _check_text(name, text, LINE_MAX, allow_newlines=False)
    return text


def _long_text(name: str, value: str) -> str:
    text = clean_line(normalize_newlines(value))
    _check_text(name, text, BIO_MAX, allow_newlines=True)
    return text


def _check_text(name: str, text: str, longest: int, *, allow_newlines: bool) -> None:
    if has_control_characters(text, allow_newlines=allow_newlines):
        raise Invalid(Fault(f'/{name}', 'control_character',
                            'control characters are not accepted'))
    if len(text) > longest:
        raise Invalid(Fault(f'/{name}', 'too_long', f'at most {longest} characters'))


def _url(name: str, value: str) -> str:
    text = clean_line(value)
    _check_text(name, text, URL_MAX, allow_newlines=False)
    if text and not _is_web_address(text):
        raise Invalid(Fault(f'/{name}', 'wrong_form', 'an absolute http or https address'))
    return text


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port_is_sane = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return (parts.scheme in ('http', 'https') and bool(parts.hostname) and port_is_sane
            and not any(character.isspace() or character in '<>"\\' for character in text))


def _country(name: str, value: str) -> str:
    code = clean_line(value)
    if code and code not in COUNTRIES:
        raise Invalid(Fault(f'/{name}', 'not_an_option', 'an ISO 3166-1 alpha-3 code'))
    return code


def _birth_date(value: date | None, today: date) -> date | None:
    if value is not None and not EARLIEST_BIRTH <= value <= today:
        raise Invalid(Fault('/birth_date', 'out_of_range',
                            'not before 1900 and not in the future'))
    return value


_TEXTS: Mapping[str, Callable[[str, str], str]] = {
    'display_name': _line,
    'location': _line,
    'bio': _long_text,
    'avatar_url': _url,
    'first_name': _line,
    'last_name': _line,
    'country': _country,
    'city': _line,
}
# What an empty text is stored as, where that is not None.
_EMPTY = {'location': '', 'bio': ''}
