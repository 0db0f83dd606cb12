"""Who the client is when proxies stand between. Only those that are named may say so."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
_HEADERS = ('HTTP_X_FORWARDED_FOR', 'HTTP_X_FORWARDED_PROTO', 'HTTP_X_FORWARDED_HOST',
            'HTTP_X_FORWARDED_PORT', 'HTTP_X_FORWARDED_PREFIX', 'HTTP_X_REAL_IP', 'HTTP_FORWARDED')
_HOST = re.compile(r'[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?')
_WITH_PORT = re.compile(r'(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+))(?::[0-9]{1,5})?')


def read_address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as proxies write it, with a port or without."""
    match = _WITH_PORT.fullmatch(text)
    try:
        address = ip_address((match[1] or match[2]) if match else text)
    except ValueError:
        return None
    return getattr(address, 'ipv4_mapped', None) or address


class TrustedProxies:
    """WSGI middleware. What a trusted proxy forwards takes the place of what the connection
    says; from anybody else such headers are dropped, so that nothing behind can believe them."""

    def __init__(self, app: Wsgi, networks: Sequence[str]) -> None:
        self._app = app
        self._networks = [ip_network(network) for network in networks]
        self._trusts = lru_cache(maxsize=1024)(self._look_up)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self._networks and self._trusts(environ.get('REMOTE_ADDR', '')):
            self._believe(environ)
        for header in _HEADERS:
            environ.pop(header, None)
        return self._app(environ, start_response)

    def _believe(self, environ: dict[str, Any]) -> None:
        environ['REMOTE_ADDR'] = self._client(environ)
        scheme = _last(environ.get('HTTP_X_FORWARDED_PROTO', '')).lower()
        if scheme in ('http', 'https'):
            environ['wsgi.url_scheme'] = scheme
        host = _last(environ.get('HTTP_X_FORWARDED_HOST', ''))
        if _HOST.fullmatch(host):
            environ['HTTP_HOST'] = host

    def _client(self, environ: dict[str, Any]) -> str:
        """The right-most hop that is no proxy of ours: what stands left of it anybody can write.
        A hop that is no address ends the search at the one that reported it."""
        client = str(environ['REMOTE_ADDR'])
        for hop in reversed(environ.get('HTTP_X_FORWARDED_FOR', '').split(',')):
            address = read_address(hop.strip())
            if address is None:
                break
            client = str(address)
            if not self._trusts(client):
                break
        return client

    def _look_up(self, text: str) -> bool:
        address = read_address(text)
        return address is not None and any(address in network for network in self._networks)


def _last(values: str) -> str:
    return values.rpartition(',')[2].strip()
