"""scripts/setup_garage.py against a server that answers as Garage's administration API does."""

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from scripts.setup_garage import Garage, Refused, set_up
from tests.shell import SCRIPTS, run


class GarageServer:
    """Garage's administration API, as far as the setup asks it."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}
        self.buckets: list[str] = []
        self.allowed: set[tuple[str, str]] = set()
        self.changes = 0

    def answer(self, call: str, asked: dict[str, Any]) -> dict[str, Any] | None:
        if call == 'GetKeyInfo':
            secret = self.keys.get(asked['id'])
            return {'secretAccessKey': secret} if secret else None
        if call == 'GetBucketInfo':
            name = asked['globalAlias']
            return {'id': f'id of {name}'} if name in self.buckets else None
        if call == 'AllowBucketKey':
            assert asked['permissions'] == {'read': True, 'write': True, 'owner': False}
            self.allowed.add((asked['bucketId'], asked['accessKeyId']))
            return {}
        self.changes += 1
        if call == 'ImportKey':
            self.keys[asked['accessKeyId']] = asked['secretAccessKey']
            return {}
        assert call == 'CreateBucket'
        self.buckets.append(asked['globalAlias'])
        return {'id': f"id of {asked['globalAlias']}"}


@pytest.fixture(name='garage')
def _garage() -> GarageServer:
    return GarageServer()


@pytest.fixture(name='admin_url')
def _admin_url(garage: GarageServer) -> Iterator[str]:

    class Handler(BaseHTTPRequestHandler):

        def do_GET(self) -> None:  # pylint: disable=invalid-name
            query = {
                name: values[0]
                for name, values in parse_qs(urlsplit(self.path).query).items()
            }
            self._answer(query)

        def do_POST(self) -> None:  # pylint: disable=invalid-name
            self._answer(json.loads(self.rfile.read(int(self.headers['Content-Length']))))

        def _answer(self, asked: dict[str, Any]) -> None:
            allowed = self.headers['Authorization'] == 'Bearer token'
            call = urlsplit(self.path).path.removeprefix('/v2/')
            found = garage.answer(call, asked) if allowed else None
            self.send_response(403 if not allowed else 404 if found is None else 200)
            content = json.dumps(found or {}).encode()
            self.send_header('Content-Length', str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # pylint: disable=redefined-builtin
            """Nothing to the terminal."""

    server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f'http://127.0.0.1:{server.server_port}'
    server.shutdown()
    server.server_close()
    thread.join()


def test_garage_gets_its_key_and_buckets_once(garage: GarageServer, admin_url: str,
                                              tmp_path: Path) -> None:
    (tmp_path / 'token').write_text('token\n', encoding='ascii')
    (tmp_path / 'secret').write_text('5ec4e7', encoding='ascii')
    variables = {
        'GARAGE_ADMIN_URL': admin_url,
        'GARAGE_ADMIN_TOKEN_FILE': str(tmp_path / 'token'),
        'AWS_ACCESS_KEY_ID': 'GK1',
        'AWS_SECRET_ACCESS_KEY_FILE': str(tmp_path / 'secret'),
        'S3_BUCKET': 'content',
        'S3_BACKUPS_BUCKET': 'backups',
    }
    for _ in range(2):
        made = run(sys.executable, SCRIPTS / 'setup_garage.py', **variables)
        assert made.returncode == 0, made.stderr
        assert '5ec4e7' not in made.stdout
    assert garage.keys == {'GK1': '5ec4e7'}
    assert garage.buckets == ['content', 'backups']
    assert garage.allowed == {('id of content', 'GK1'), ('id of backups', 'GK1')}
    assert garage.changes == 3


def test_garage_with_another_secret_is_left_alone(garage: GarageServer, admin_url: str) -> None:
    garage.keys['GK1'] = 'another'
    with pytest.raises(Refused, match='another secret'):
        set_up(Garage(admin_url, 'token'), key='GK1', secret='mine', buckets=['content'])
    assert garage.changes == 0


def test_garage_that_refuses_ends_the_setup(admin_url: str) -> None:
    with pytest.raises(Refused, match='GetKeyInfo: 403'):
        set_up(Garage(admin_url, 'wrong'), key='GK1', secret='mine', buckets=[])
