"""Where a menu link may lead. Whatever a browser could run as a script is refused."""

import re
from urllib.parse import urlsplit

from talelio_backend.app_navigation.domain.errors import BadTarget
from talelio_backend.shared.domain.web_address import is_web_address

_ROUTE = re.compile(r'[A-Za-z][A-Za-z0-9_-]*', re.ASCII)
# One slash: browsers take two, or a backslash, for the beginning of a host.
_PATH = re.compile(r'/(?![/\\])[^\s\\\x00-\x1f\x7f]*')
_MAILBOX = re.compile(r'[^\s@<>"\\]+@[^\s@<>"\\]+')


def check_address(address: str) -> None:
    """Raises BadTarget unless ``address`` is the name of a client's route, a path of this host, or
    an http, https or mailto address."""
    if _ROUTE.fullmatch(address) or _PATH.fullmatch(address) or is_web_address(address):
        return
    if not _is_mailbox(address):
        raise BadTarget()


def _is_mailbox(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == 'mailto' and bool(_MAILBOX.fullmatch(parts.path))
