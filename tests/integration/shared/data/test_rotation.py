"""A database password that is changed while the process runs, on a real server and through
what the manager speaks."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, exc, make_url, text

from talelio_backend.shared.data.database import build_engine
from talelio_backend.shared.data.rotation import follow_rotation
from talelio_backend.shared.data.secrets_manager import (DatabaseAddress, SecretFault, Secrets,
                                                         SecretsManager)


class Manager(HTTPServer):
    """Keeps one secret, as the service does; ``status`` 200 answers."""

    def __init__(self) -> None:
        super().__init__(('127.0.0.1', 0), Handler)
        self.text = '{}'
        self.status = 200
        self.asked: list[str] = []

    def fetch(self) -> SecretsManager:
        return SecretsManager(region='eu-north-1',
                              access_key='some-key',
                              secret_key='some-secret',
                              endpoint_url=f'http://127.0.0.1:{self.server_port}')


class Handler(BaseHTTPRequestHandler):

    def do_POST(self) -> None:  # pylint: disable=invalid-name  # the library's name
        manager = self.server
        assert isinstance(manager, Manager)
        assert self.headers['X-Amz-Target'] == 'secretsmanager.GetSecretValue'
        body = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        manager.asked.append(body['SecretId'])
        found = {'Name': body['SecretId'], 'SecretString': manager.text}
        refused = {'__type': 'ResourceNotFoundException', 'Message': 'no such secret'}
        answer = json.dumps(found if manager.status == 200 else refused).encode()
        self.send_response(manager.status)
        self.send_header('Content-Type', 'application/x-amz-json-1.1')
        self.send_header('Content-Length', str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # pylint: disable=redefined-builtin
        pass


@pytest.fixture(name='manager')
def serving_manager() -> Iterator[Manager]:
    with Manager() as server:
        thread = Thread(target=server.serve_forever, kwargs={'poll_interval': 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Login:
    """A role of its own, whose password is changed at will."""

    def __init__(self, superuser_url: str, database_url: str, name: str) -> None:
        self._superuser_url = superuser_url
        self._url = make_url(database_url)
        self.name = name
        self.execute('DROP ROLE IF EXISTS {}')
        self.execute('CREATE ROLE {} LOGIN')

    def execute(self, statement: str) -> None:
        with psycopg.connect(self._superuser_url, autocommit=True) as link:
            link.execute(sql.SQL(statement).format(sql.Identifier(self.name)))

    def set(self, password: str) -> str:
        """The secret's text from now on."""
        self.execute(f"ALTER ROLE {{}} PASSWORD '{password}'")
        url = self._url
        return json.dumps({
            'username': self.name,
            'password': password,
            'host': url.host,
            'port': url.port,
            'dbname': url.database
        })


@pytest.fixture(name='login')
def rotating_login(servers: Any, settings: Any, worker_number: int) -> Iterator[Login]:
    login = Login(servers.superuser_url, settings.database_url, f'rotating_{worker_number}')
    yield login
    login.execute('DROP ROLE {}')


@pytest.fixture(name='engine')
def following_engine(manager: Manager, login: Login) -> Iterator[Engine]:
    manager.text = login.set('first')
    secrets = Secrets(('talelio/database', ), manager.fetch(), ttl=300)
    engine = build_engine(secrets.values()['DATABASE_URL'],
                          pool_size=1,
                          overflow=1,
                          timeout=2,
                          statement_timeout=5,
                          lock_timeout=5)
    follow_rotation(engine, DatabaseAddress('unused', secrets))
    yield engine
    engine.dispose()


def who(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.execute(text('SELECT current_user')).scalar_one())


def test_a_rotated_password_needs_no_restart(manager: Manager, login: Login,
                                             engine: Engine) -> None:
    assert who(engine) == login.name and len(manager.asked) == 1
    manager.text = login.set('second')
    engine.dispose()
    assert who(engine) == login.name and len(manager.asked) == 2
    engine.dispose()
    assert who(engine) == login.name and len(manager.asked) == 2  # known from now on


def test_a_password_that_is_wrong_everywhere_is_asked_for_once(manager: Manager, login: Login,
                                                               engine: Engine) -> None:
    login.set('elsewhere')
    with pytest.raises(exc.OperationalError):
        who(engine)
    assert len(manager.asked) == 2


def test_a_manager_that_refuses_is_told_by_its_code(manager: Manager) -> None:
    manager.status = 400
    with pytest.raises(SecretFault, match='talelio/app: ResourceNotFoundException'):
        manager.fetch()('talelio/app')


def test_a_manager_that_is_down_is_told_by_its_failure() -> None:
    fetch = SecretsManager(region='eu-north-1',
                           access_key='some-key',
                           secret_key='some-secret',
                           endpoint_url='http://127.0.0.1:1')
    with pytest.raises(SecretFault, match='talelio/app: EndpointConnectionError'):
        fetch('talelio/app')
