"""The log of real processes: written by the API, sealed by the worker, proven by a reader."""

from typing import Any

import httpx

from tests.e2e.conftest import PASSWORD, Product, sign_up
from tests.eventually import eventually


def test_the_worker_seals_what_the_api_wrote(product: Product, client: httpx.Client) -> None:
    mine = sign_up(product, client, 'chronicler')
    made = client.post('/v1/projects', json={'title': 'The log'}, headers=mine)
    assert made.status_code == 201, made.text

    def sealed() -> Any:
        row = client.get('/v1/me/activity', headers=mine).json()['activity'][0]
        return row if row['seq'] else None

    row = eventually(sealed, seconds=60)
    assert row['target']['id'] == made.json()['id']

    operator = product.operator('create-admin', '--email', 'chronicler@example.org', '--username',
                                'chronicler', '--password', PASSWORD)
    assert operator.wait(60)
    signed_in = client.post('/v1/accounts/login',
                            json={
                                'username': 'chronicler',
                                'password': PASSWORD
                            }).json()
    admin = {'Authorization': f"Bearer {signed_in['access_token']}"}

    def verified() -> Any:  # by the worker, once it has started
        chain = client.get('/v1/activity/chain', headers=admin).json()
        return chain if chain['ok'] is not None else None

    chain = eventually(verified, seconds=60)
    assert chain['head_seq'] >= row['seq'] and chain['ok'] is True
    export = client.get('/v1/activity/export?format=ndjson', headers=admin)
    assert export.headers['Content-Type'] == 'application/x-ndjson'
    assert row['id'] in export.text
    proof = product.operator('activity', 'verify')
    assert proof.wait(60)
    assert proof.exit_code == 0
