from urllib.parse import urlsplit

LONGEST_WEB_ADDRESS = 2048
_NEVER_RAW = frozenset('<>"\\')


def is_web_address(text: str) -> bool:
    """Whether `text` is an absolute http or https address (RFC 3986) that names a host."""
    try:
        parts = urlsplit(text)
        port_is_sane = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return (parts.scheme in ('http', 'https') and bool(parts.hostname) and port_is_sane
            and not any(character.isspace() or character in _NEVER_RAW for character in text))
