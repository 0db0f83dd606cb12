"""What the world reads in the headers of an answer that came through Traefik."""

from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from tests.e2e.conftest import sign_up
from tests.e2e.traefik.conftest import CLIENT_URL, Published
from tests.e2e.traefik.edge import OUTSIDE

SECURITY = {
    'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'X-Frame-Options': 'DENY',
}


@pytest.mark.parametrize(('path', 'status'), [('/v1/articles', 200), ('/v1/nothing', 404),
                                              ('/v1/me', 401), ('/v1/docs', 200),
                                              ('/version', 200)])
def test_security_headers_appear_once(client: httpx.Client, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    for name, value in SECURITY.items():
        assert answer.headers.get_list(name) == [value], name
    assert len(answer.headers.get_list('Content-Security-Policy')) == 1
    assert 'Server' not in answer.headers


def test_answers_name_the_outside_and_nothing_else(product: Published,
                                                   client: httpx.Client) -> None:
    bearer = sign_up(product, client, 'outsider')
    answers = []
    for number in range(3):
        answers.append(
            client.post('/v1/articles',
                        headers=bearer,
                        json={
                            'title': f'From outside {number}',
                            'body': 'Herons.'
                        }))
        path = urljoin(f'{OUTSIDE}/v1/articles', answers[-1].headers['Location'])
        assert path == f'{OUTSIDE}/v1/articles/from-outside-{number}'
        answers.append(client.get(path))
        assert answers[-1].status_code == 200

    answers.append(client.get('/v1/users/outsider/articles?limit=1'))
    following = answers[-1].links['next']['url']
    assert following.startswith(f'{OUTSIDE}/v1/users/outsider/articles?limit=1&cursor=')
    answers.append(client.get(following))
    assert answers[-1].status_code == 200

    description = client.get('/v1/openapi.json')
    assert [server['url'] for server in description.json()['servers']] == [OUTSIDE]

    upstream = urlsplit(product.base).netloc
    for answer in [*answers, description]:
        assert upstream not in answer.text + str(answer.headers)
        assert 'http://' not in str(answer.headers)


def test_cookie_is_kept_to_https_and_to_the_host(product: Published, client: httpx.Client) -> None:
    sign_up(product, client, 'cookiekeeper')
    [cookie] = client.cookies.jar
    assert cookie.secure
    assert cookie.domain == 'api.example.org' and not cookie.domain_specified
    assert cookie.path == '/v1/accounts'
    assert cookie.has_nonstandard_attr('HttpOnly')


def test_client_of_another_origin_is_told_it_may(client: httpx.Client) -> None:
    answer = client.get('/v1/articles', headers={'Origin': CLIENT_URL})
    assert answer.headers.get_list('Access-Control-Allow-Origin') == [CLIENT_URL]
    assert answer.headers.get_list('Access-Control-Allow-Credentials') == ['true']
    elsewhere = client.get('/v1/articles', headers={'Origin': 'https://elsewhere.example.org'})
    assert 'Access-Control-Allow-Origin' not in elsewhere.headers


def test_text_is_compressed_and_keeps_its_validator(client: httpx.Client) -> None:
    plain = client.get('/v1/openapi.json', headers={'Accept-Encoding': 'identity'})
    small = client.get('/v1/openapi.json', headers={'Accept-Encoding': 'gzip'})
    assert 'Content-Encoding' not in plain.headers
    assert small.headers['Content-Encoding'] == 'gzip'
    assert 'Accept-Encoding' in small.headers['Vary']
    assert small.text == plain.text
    assert small.headers.get('ETag') == plain.headers.get('ETag')
