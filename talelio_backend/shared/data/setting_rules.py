"""What makes a setting good. Faults are told without the value: it may be a
secret that stands in the wrong variable."""

import math
from datetime import datetime
from email.utils import parseaddr
from ipaddress import ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pydantic import ValidationInfo

from talelio_backend.shared.data.age_keys import is_recipient
from talelio_backend.shared.domain.web_address import is_web_address
from talelio_backend.shared.services.rate_limit import parse_limits

_DEFAULT_PORTS = {'http': 80, 'https': 443}
KEY_LENGTH = 64
SIGNING_LENGTH = 32  # bytes, the least for HS256 (RFC 7518, section 3.2)
_PLACEHOLDERS = ('change-me', 'change_me', 'changeme', 'changethis', 'development', 'example',
                 'insecure', 'password', 'placeholder', 'replace', 'secret', 'test-key', 'your-')


def in_production(info: ValidationInfo) -> bool:
    """An environment that is itself at fault counts as production."""
    return bool(info.data.get('env', 'production') == 'production')


def split(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return tuple(word for part in value.split(',') if (word := part.strip()))


def _parts(value: str, schemes: tuple[str, ...]) -> SplitResult:
    expected = ' or '.join(f'{scheme}://' for scheme in schemes)
    try:
        parts = urlsplit(value)
        # Reading the port is what checks it.
        sound = bool(parts.scheme in schemes and parts.port != 0)
    except ValueError:
        sound = False
    if not sound or any(character.isspace() for character in value):
        raise ValueError(f'not a URL that begins with {expected}')
    return parts


def web_url(value: str | None, info: ValidationInfo) -> str | None:
    """An address for browsers, without a slash at its end; https in production."""
    if value is None:
        return None
    parts = _parts(value, ('https', ) if in_production(info) else ('https', 'http'))
    if not parts.hostname or parts.username or parts.password:
        raise ValueError('needs a host and holds no credentials')
    return value.rstrip('/')


def web_origin(value: str, info: ValidationInfo) -> str:
    """Scheme, host and port as a browser writes them in `Origin`."""
    if '*' in value:
        raise ValueError('a wildcard is no origin; name each')
    parts = urlsplit(str(web_url(value, info)))
    if parts.path or parts.query or parts.fragment:
        raise ValueError('an origin has no path')
    host = str(parts.hostname)
    host = f'[{host}]' if ':' in host else host
    port = '' if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f':{parts.port}'
    return f'{parts.scheme}://{host}{port}'


def origins(values: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    return tuple(web_origin(value, info) for value in values)


def link(value: str | None, info: ValidationInfo) -> str | None:
    """A page of the client that a mail leads to."""
    if value is not None and '{token}' not in value:
        raise ValueError('needs the placeholder {token}')
    return web_url(value, info)


def networks(values: tuple[str, ...]) -> tuple[str, ...]:
    try:
        found = [ip_network(value) for value in values]
    except ValueError:
        raise ValueError('not a list of networks as 10.0.0.0/8') from None
    if any(network.prefixlen == 0 for network in found):
        raise ValueError('a network of all addresses trusts everybody')
    return tuple(str(network) for network in found)


def origin_of(url: str) -> str:
    """Scheme and host of a client's address, nothing where it has none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ''
    return f'{parts.scheme}://{parts.netloc}'


def strong_key(value: str, info: ValidationInfo) -> str:
    if len(value.encode()) < SIGNING_LENGTH:
        raise ValueError(f'shorter than {SIGNING_LENGTH} bytes')
    if not in_production(info):
        return value
    if len(value) < KEY_LENGTH:
        raise ValueError(f'shorter than {KEY_LENGTH} characters')
    # A text that is found inside its own double, ends cut off, repeats a shorter one.
    if len(set(value)) < 8 or value in (value + value)[1:-1]:
        raise ValueError('a repetition, not a random key')
    if any(word in value.lower() for word in _PLACEHOLDERS):
        raise ValueError('a placeholder or a key made for development')
    return value


def strong_keys(values: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    # They sign nothing, but what they verify is believed: a weak one lets anybody in.
    return tuple(strong_key(value, info) for value in values)


def database_url(value: str) -> str:
    _parts(value, ('postgresql', 'postgres', 'postgresql+psycopg2'))
    return value


def redis_url(value: str) -> str:
    _parts(value, ('redis', 'rediss', 'unix'))
    return value


def sender(value: str) -> str:
    address = parseaddr(value)[1]
    if '\n' in value or '\r' in value or not all(address.partition('@')):
        raise ValueError('not an e-mail address')
    return value


def limit(value: str) -> str:
    parse_limits(value)
    return value


def finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError('not a finite number')
    return value


def smtp_url(value: str | None, info: ValidationInfo) -> str | None:
    if value is not None:
        _parts(value, ('smtp', 'smtps'))
    elif info.data.get('mail_backend') == 'smtp':
        raise ValueError('missing')
    return value


def contact(value: str | None, info: ValidationInfo) -> str | None:
    if value is None:
        if info.data.get('metadata') == 'openlibrary':
            raise ValueError('missing')
        return None
    # It stands in a header of HTTP.
    if not value.isascii() or not value.isprintable():
        raise ValueError('not an e-mail address, and no URL')
    return value if is_web_address(value) else sender(value)


def mail_backend(value: str, info: ValidationInfo) -> str:
    if value == 'file' and in_production(info):
        raise ValueError('smtp or ses, which reach somebody')
    return value


def endpoint(value: str | None) -> str | None:
    if value is not None:
        _parts(value, ('https', 'http'))
    return value


def second_key(value: str | None, info: ValidationInfo) -> str | None:
    if (value is None) != (info.data.get('aws_access_key_id') is None):
        raise ValueError('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together')
    return value


def other_bucket(value: str, info: ValidationInfo) -> str:
    if value == info.data.get('s3_bucket'):
        raise ValueError('the same bucket as S3_BUCKET')
    return value


def folder(value: str) -> str:
    if value != value.strip('/') or not value or '//' in value:
        raise ValueError('a folder without slashes at its ends')
    return value


def recipients(values: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    if not values and in_production(info) and not info.data.get('backup_plaintext'):
        raise ValueError('missing')
    for value in values:
        if not is_recipient(value):
            # The secret key in the place of the public one would be the worst of errors.
            raise ValueError('not a list of age recipients (age1...)')
    return values


def time_of_day(value: str) -> str:
    try:
        return datetime.strptime(value, '%H:%M').strftime('%H:%M')
    except ValueError:
        raise ValueError('not a time of day as 03:00') from None


def clock_offset(value: float, info: ValidationInfo) -> float:
    if value != 0 and in_production(info):
        raise ValueError('0 in production')
    return finite(value)


def idle_days(value: int, info: ValidationInfo) -> int:
    if value > info.data.get('refresh_absolute_days', value):
        raise ValueError('more than REFRESH_ABSOLUTE_DAYS')
    return value


def default_language(value: str, info: ValidationInfo) -> str:
    if value not in info.data.get('languages', (value, )):
        raise ValueError('not one of LANGUAGES')
    return value
