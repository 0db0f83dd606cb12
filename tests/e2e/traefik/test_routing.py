"""What leads where, and what leads nowhere."""

import ssl
import warnings
from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.traefik.conftest import Published
from tests.e2e.traefik.edge import (API_HOST, DASHBOARD_HOST, OUTSIDE, PASSWORD, USER, Address,
                                    Edge, somewhere)


@pytest.fixture
def anyone(edge: Edge) -> Iterator[httpx.Client]:
    """Asks for whole addresses, whatever their host."""
    with httpx.Client(transport=edge.transport(), timeout=30) as client:
        yield client


@pytest.mark.parametrize(('method', 'status'), [('GET', 301), ('POST', 308)])
def test_http_leads_to_https_with_path_and_query(edge: Edge, anyone: httpx.Client, method: str,
                                                 status: int) -> None:
    target = '/v1/articles/a%20heron?tag=a%26b&sort=new'
    answer = anyone.request(method, f'http://{API_HOST}{target}')
    assert answer.status_code == status
    # The port is this test's; that of https is left out.
    assert answer.headers['Location'] == f'https://{API_HOST}:{edge.https}{target}'


def test_api_is_served_over_https(product: Published) -> None:
    with product.client() as client:
        answer = client.get('/v1/articles')
        assert answer.status_code == 200
        assert 'articles' in answer.json()
        assert client.get('/version').json()['version']
        assert client.get('/problems/not_found').status_code == 200
        assert client.get('/v1/docs').status_code == 200


def test_unknown_host_is_not_found(anyone: httpx.Client) -> None:
    answer = anyone.get('https://elsewhere.example.org/v1/articles')
    assert answer.status_code == 404
    assert 'X-Request-Id' not in answer.headers  # so it is not the API that says so


def test_host_of_another_name_than_the_handshake_is_not_found(anyone: httpx.Client) -> None:
    answer = anyone.get(f'{OUTSIDE}/v1/articles', headers={'Host': 'elsewhere.example.org'})
    assert answer.status_code == 404


def test_name_without_certificate_gets_no_connection(anyone: httpx.Client) -> None:
    with pytest.raises(httpx.ConnectError):
        anyone.get('https://nobody.example.org/v1/articles')


def tls_of(edge: Edge, version: ssl.TLSVersion) -> httpx.Client:
    context = ssl.create_default_context(cafile=edge.folder / 'certificate.pem')
    context.set_ciphers('ALL:@SECLEVEL=0')
    with warnings.catch_warnings():
        warnings.simplefilter('ignore', DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    transport = Address(comes_from=somewhere(), http=edge.http, https=edge.https, trusted=context)
    return httpx.Client(transport=transport)


def test_tls_is_of_version_1_2_at_least(edge: Edge) -> None:
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        with tls_of(edge, version) as client:
            assert client.get(f'{OUTSIDE}/v1/articles').status_code == 200
    with tls_of(edge, ssl.TLSVersion.TLSv1_1) as client, pytest.raises(httpx.ConnectError):
        client.get(f'{OUTSIDE}/v1/articles')


@pytest.mark.parametrize('path', [
    '/metrics', '/livez', '/readyz', '/', '/ping', '/v1/../livez', '/v1/%2e%2e/readyz', '//livez',
    '/v1/..%2flivez', '/v1%2f..%2freadyz', '/livez/', '/LIVEZ', '/readyz;v1',
    '/problems/../metrics'
])
def test_what_is_for_probes_is_not_reachable(product: Published, path: str) -> None:
    with product.client() as client:
        # As it stands: httpx would put the path in order itself.
        url = httpx.URL(OUTSIDE).copy_with(raw_path=path.encode())
        assert client.get(url).status_code == 404


def test_internal_port_answers_probes_and_metrics(edge: Edge) -> None:
    assert edge.inside('/ping').text == 'OK'
    metrics = edge.inside('/metrics').text
    assert 'traefik_entrypoint_requests_total' in metrics
    assert 'traefik_router_requests_total' in metrics
    assert edge.inside('/dashboard/').status_code == 404
    assert edge.inside('/v1/articles').status_code == 404


def test_dashboard_asks_for_the_password(anyone: httpx.Client) -> None:
    for path in ('/', '/dashboard/', '/api/rawdata', '/v1/articles'):
        refused = anyone.get(f'https://{DASHBOARD_HOST}{path}')
        assert refused.status_code == 401
        assert refused.headers['WWW-Authenticate'] == 'Basic realm="talelio"'
        assert refused.headers['X-Frame-Options'] == 'DENY'
    wrong = anyone.get(f'https://{DASHBOARD_HOST}/dashboard/', auth=(USER, 'a gate of straw'))
    assert wrong.status_code == 401


def test_dashboard_opens_with_the_password(anyone: httpx.Client) -> None:
    page = anyone.get(f'https://{DASHBOARD_HOST}/dashboard/', auth=(USER, PASSWORD))
    assert page.status_code == 200
    assert '<html' in page.text.lower()
    data = anyone.get(f'https://{DASHBOARD_HOST}/api/http/routers/api@file', auth=(USER, PASSWORD))
    assert data.json()['status'] == 'enabled'


@pytest.mark.parametrize('path', ['/dashboard/', '/api/overview', '/api/rawdata', '/debug/vars'])
def test_dashboard_is_never_on_the_host_of_the_api(anyone: httpx.Client, path: str) -> None:
    assert anyone.get(f'{OUTSIDE}{path}', auth=(USER, PASSWORD)).status_code == 404


def test_logs_hold_no_credentials_no_paths_and_no_queries(product: Published, edge: Edge) -> None:
    with product.client() as client:
        assert client.get('/v1/library/calendar/known-to-one').status_code == 404
        client.get('/v1/articles?token=seen-by-nobody',
                   headers={
                       'Authorization': 'Bearer unspoken',
                       'Cookie': 'refresh_token=crumbs'
                   })
    assert '"RouterName":"api@file"' in edge.log()
    for secret in ('seen-by-nobody', 'unspoken', 'crumbs', 'known-to-one', PASSWORD):
        assert secret not in edge.log()
