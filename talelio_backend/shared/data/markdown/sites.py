import re

_WEB_HOST = re.compile(r'(https?:)?//([^/?#]*)', re.IGNORECASE)
_DEFAULT_PORTS = {'http:': ':80', 'https:': ':443'}


class Sites:
    """The hosts (`host` or `host:port`) that are this site; every other one is elsewhere."""

    def __init__(self, own_hosts: frozenset[str]) -> None:
        self._own_hosts = frozenset(host.lower() for host in own_hosts)

    def is_elsewhere(self, url: str) -> bool:
        """Whether a link to `url` leaves the site. Relative ones and fragments do not."""
        # Browsers read `\\` as `/`, and take what stands before `@` for a user.
        address = _WEB_HOST.match(url.replace('\\', '/'))
        if address is None:
            return False
        host = address[2].rpartition('@')[2].lower()
        return host.removesuffix(_DEFAULT_PORTS.get((address[1] or '').lower(),
                                                    ' ')) not in self._own_hosts
