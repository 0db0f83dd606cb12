"""A browser application on another origin: its calls as a browser sends them, to the letter."""

import json
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import CLIENT, PASSWORD, Product, sign_up
from tests.e2e.test_first_article import photograph

ORIGIN = {'Origin': CLIENT, 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Site': 'same-site'}


class Browser:
    """Fetches as a page of the client's origin does: a preflight where one is due, cookies with
    credentials alone, and nothing is read that CORS does not allow."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def fetch(self,
              method: str,
              path: str,
              *,
              credentials: bool = False,
              **options: Any) -> httpx.Response:
        headers = dict(options.pop('headers', {}))
        if 'json' in options:
            options['content'] = json.dumps(options.pop('json'))
            headers['Content-Type'] = 'application/json'
        needs_leave = [name.lower() for name in headers]
        if needs_leave or method not in ('GET', 'POST'):
            self._preflight(method, path, needs_leave)
        if not credentials:
            kept = list(self._client.cookies.jar)
            self._client.cookies.clear()
        answer = self._client.request(method, path, headers=headers | ORIGIN, **options)
        if not credentials:
            for cookie in kept:
                self._client.cookies.jar.set_cookie(cookie)
        assert answer.headers['Access-Control-Allow-Origin'] == CLIENT
        assert answer.headers['Access-Control-Allow-Credentials'] == 'true'
        assert 'Origin' in answer.headers['Vary']
        return answer

    def _preflight(self, method: str, path: str, names: list[str]) -> None:
        answer = self._client.options(path,
                                      headers=ORIGIN | {
                                          'Access-Control-Request-Method': method,
                                          'Access-Control-Request-Headers': ','.join(names)
                                      })
        assert answer.status_code == 204
        assert answer.headers['Access-Control-Allow-Origin'] == CLIENT
        allowed = [
            name.strip().lower()
            for name in answer.headers['Access-Control-Allow-Headers'].split(',')
        ]
        assert set(names) <= set(allowed)
        assert method in answer.headers['Access-Control-Allow-Methods']
        assert int(answer.headers['Access-Control-Max-Age']) >= 600


@pytest.fixture
def browser(client: httpx.Client) -> Browser:
    return Browser(client)


def test_the_client_signs_in_uploads_publishes_and_reads(product: Product, client: httpx.Client,
                                                         browser: Browser) -> None:
    sign_up(product, client, 'webwriter')
    client.cookies.clear()
    nobody = browser.fetch('POST', '/v1/accounts/token', credentials=True)
    assert 400 <= nobody.status_code < 500

    login = browser.fetch('POST',
                          '/v1/accounts/login',
                          credentials=True,
                          json={
                              'email': 'webwriter@example.org',
                              'password': PASSWORD
                          })
    assert login.status_code == 200
    assert 'refresh_token' in client.cookies
    assert 'HttpOnly' in login.headers['Set-Cookie']
    assert 'SameSite=Lax' in login.headers['Set-Cookie']
    refreshed = browser.fetch('POST', '/v1/accounts/token', credentials=True)
    bearer = {'Authorization': f"Bearer {refreshed.json()['access_token']}"}

    uploaded = browser.fetch('POST',
                             '/v1/assets/images',
                             headers=bearer,
                             files={'walk.jpg': ('walk.jpg', photograph('navy'), 'image/jpeg')})
    assert uploaded.is_success
    address = uploaded.json()['image_objects_urls'][0]
    shown = client.get(address)
    assert shown.headers['Cross-Origin-Resource-Policy'] == 'cross-origin'
    assert shown.headers['Content-Type'] == 'image/jpeg'

    published = browser.fetch('POST',
                              '/v1/articles',
                              headers=bearer,
                              json={
                                  'title': 'From the browser',
                                  'meta_description': 'A short one',
                                  'featured_image': '',
                                  'body': f'## Part\n\n![walk]({address})'
                              })
    assert published.is_success

    listed = browser.fetch('GET', '/v1/users/webwriter/articles')
    assert listed.status_code == 200
    assert listed.json()['user']['username'] == 'webwriter'
    row = listed.json()['articles'][0]
    assert {
        'id', 'created_at', 'updated_at', 'title', 'slug', 'meta_description', 'featured_image'
    } <= row.keys()
    document = browser.fetch('GET', f"/v1/articles/{row['slug']}").json()
    assert document.keys() >= {'article', 'meta', 'user'}
    assert document['article'].keys() >= {
        'title', 'html', 'table_of_contents', 'featured_image', 'created_at', 'updated_at',
        'meta_description', 'url'
    }
    assert document['article']['url'] == f"{CLIENT}/articles/{row['slug']}"
    assert document['article']['featured_image'] == ''
    assert document['article']['created_at'].endswith('Z')


def test_a_refusal_can_be_read_by_the_page(browser: Browser) -> None:
    answer = browser.fetch('GET', '/v1/me', headers={'Authorization': 'Bearer nonsense'})
    assert answer.status_code == 403
    assert answer.json()['code'] == 'token_invalid'


def test_another_origin_gets_no_cors_headers_and_no_cookie_route(client: httpx.Client) -> None:
    foreign = {'Origin': 'http://evil.example'}
    assert 'Access-Control-Allow-Origin' not in client.get('/v1/articles', headers=foreign).headers
    refused = client.post('/v1/accounts/token', headers=foreign)
    assert (refused.status_code, refused.json()['code']) == (403, 'origin_not_allowed')
