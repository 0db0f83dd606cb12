"""The main job through Traefik: the same walk as without it, and the end of a session."""

import httpx

from tests.e2e.conftest import sign_up
from tests.e2e.test_first_article import test_a_newcomer_publishes_an_article_with_a_picture
from tests.e2e.traefik.conftest import CLIENT_URL, Published

# Collected here as well, with this folder's product.
__all__ = ['test_a_newcomer_publishes_an_article_with_a_picture']


def test_session_is_refreshed_and_ended(product: Published, client: httpx.Client) -> None:
    bearer = sign_up(product, client, 'comeandgo')
    assert client.get('/v1/me', headers=bearer).json()['username'] == 'comeandgo'

    first = client.cookies['refresh_token']
    refreshed = client.post('/v1/accounts/token', headers={'Origin': CLIENT_URL})
    assert refreshed.status_code == 200
    assert client.cookies['refresh_token'] != first
    fresh = {'Authorization': f"Bearer {refreshed.json()['access_token']}"}
    assert client.get('/v1/me', headers=fresh).status_code == 200

    assert client.post('/v1/accounts/logout', headers=fresh).status_code == 204
    assert client.get('/v1/me', headers=fresh).json()['code'] == 'token_invalid'
    assert client.post('/v1/accounts/token').status_code == 401
