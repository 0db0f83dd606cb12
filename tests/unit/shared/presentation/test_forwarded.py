from collections.abc import Iterable
from typing import Any

import pytest

from talelio_backend.shared.presentation.forwarded import TrustedProxies

PROXY = '10.0.0.7'


def through(networks: list[str], remote: str = PROXY, **headers: str) -> dict[str, Any]:
    """What the application behind sees."""
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
        seen.update(environ)
        return ()

    environ = {'REMOTE_ADDR': remote, 'HTTP_HOST': 'inside:8000', 'wsgi.url_scheme': 'http'}
    TrustedProxies(app, networks)(environ | headers, None)
    return seen


def test_proxy_names_client_scheme_and_host() -> None:
    seen = through(['10.0.0.0/8'],
                   HTTP_X_FORWARDED_FOR='203.0.113.9',
                   HTTP_X_FORWARDED_PROTO='https',
                   HTTP_X_FORWARDED_HOST='api.example.org')

    assert seen['REMOTE_ADDR'] == '203.0.113.9'
    assert seen['wsgi.url_scheme'] == 'https'
    assert seen['HTTP_HOST'] == 'api.example.org'


@pytest.mark.parametrize('networks', [[], ['192.0.2.0/24'], ['fd00::/8']])
def test_stranger_names_nothing(networks: list[str]) -> None:
    seen = through(networks,
                   HTTP_X_FORWARDED_FOR='203.0.113.9',
                   HTTP_X_FORWARDED_PROTO='https',
                   HTTP_X_FORWARDED_HOST='api.example.org',
                   HTTP_FORWARDED='for=203.0.113.9')

    assert seen == {'REMOTE_ADDR': PROXY, 'HTTP_HOST': 'inside:8000', 'wsgi.url_scheme': 'http'}


@pytest.mark.parametrize(('hops', 'client'), [
    ('203.0.113.9', '203.0.113.9'),
    ('1.1.1.1, 203.0.113.9', '203.0.113.9'),
    ('1.1.1.1, 203.0.113.9, 10.0.0.8, 10.1.2.3', '203.0.113.9'),
    ('10.0.0.8, 10.1.2.3', '10.0.0.8'),
    ('1.1.1.1, unknown, 10.0.0.8', '10.0.0.8'),
    ('203.0.113.9:4711', '203.0.113.9'),
    ('[2001:db8::1]:4711', '2001:db8::1'),
    ('2001:db8::1', '2001:db8::1'),
    ('::ffff:203.0.113.9', '203.0.113.9'),
    ('<script>', PROXY),
    ('', PROXY),
])
def test_client_is_the_last_hop_that_is_no_proxy_of_ours(hops: str, client: str) -> None:
    assert through(['10.0.0.0/8'], HTTP_X_FORWARDED_FOR=hops)['REMOTE_ADDR'] == client


def test_mapped_address_of_a_proxy_is_that_proxy() -> None:
    seen = through(['10.0.0.0/8'], f'::ffff:{PROXY}', HTTP_X_FORWARDED_FOR='203.0.113.9')

    assert seen['REMOTE_ADDR'] == '203.0.113.9'


@pytest.mark.parametrize('remote', ['', 'unix:', 'localhost'])
def test_peer_without_address_is_no_proxy(remote: str) -> None:
    seen = through(['10.0.0.0/8'], remote, HTTP_X_FORWARDED_FOR='203.0.113.9')

    assert seen['REMOTE_ADDR'] == remote


@pytest.mark.parametrize(('header', 'value'), [('HTTP_X_FORWARDED_PROTO', 'gopher'),
                                               ('HTTP_X_FORWARDED_HOST', 'a b'),
                                               ('HTTP_X_FORWARDED_HOST', 'evil/path')])
def test_nonsense_of_a_proxy_changes_nothing(header: str, value: str) -> None:
    seen = through(['10.0.0.0/8'], **{header: value})

    assert (seen['wsgi.url_scheme'], seen['HTTP_HOST']) == ('http', 'inside:8000')


def test_forwarded_headers_end_here() -> None:
    seen = through(['10.0.0.0/8'],
                   HTTP_X_FORWARDED_FOR='203.0.113.9',
                   HTTP_X_REAL_IP='203.0.113.9',
                   HTTP_X_FORWARDED_PORT='1',
                   HTTP_X_FORWARDED_PREFIX='/x')

    assert not [name for name in seen if 'FORWARDED' in name or 'REAL_IP' in name]
