"""A house with people who send pictures, and a worker that is asked instead of waited for."""

import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image as pillow
from sqlalchemy import text
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from talelio_backend.bootstrap import House, make_flask
from talelio_backend.shared.domain.errors import StorageUnavailable

MakeSite = Callable[..., 'Site']
IMAGES = '/v1/assets/images'
PUBLIC_URL = 'http://127.0.0.1:5000'
PASSWORD = 'correct horse battery'


def picture(kind: str = 'PNG',
            *,
            width: int = 64,
            height: int = 48,
            seed: int = 0,
            **options: Any) -> bytes:
    """A picture whose pixels depend on ``seed``."""
    stream = io.BytesIO()
    shade = pillow.new('RGB', (width, height), (seed % 256, seed // 256 % 256, 99))
    shade.save(stream, kind, **options)
    return stream.getvalue()


def path_of(url: str) -> str:
    """The path of an address of this site."""
    assert url.startswith(PUBLIC_URL)
    return url.removeprefix(PUBLIC_URL)


def faults_of(answer: TestResponse) -> tuple[int, str, list[tuple[str, str]]]:
    problem = answer.get_json()
    assert answer.content_type == 'application/problem+json'
    faults = [(fault['pointer'], fault['code']) for fault in problem.get('errors', ())]
    return answer.status_code, problem['code'], faults


def animation() -> bytes:
    frames = [pillow.new('RGB', (400, 300), (shade, 0, 0)) for shade in (10, 120, 250)]
    stream = io.BytesIO()
    frames[0].save(stream, 'GIF', save_all=True, append_images=frames[1:], duration=50)
    return stream.getvalue()


@dataclass(frozen=True, kw_only=True)
class Person:
    id: UUID
    name: str
    headers: dict[str, str]
    client: FlaskClient

    def send(self, *contents: bytes, name: str = 'heron.png', **more: Any) -> TestResponse:
        """Uploads files, each in a part that is called like the file."""
        return self.send_named(*((name, content) for content in contents), **more)

    def send_named(self, *files: tuple[str, bytes], **more: Any) -> TestResponse:
        # Encoded here, for the client would leave a temporary file open.
        parts = {'part': [FileStorage(io.BytesIO(content), name) for name, content in files]}
        boundary, body = encode_multipart(parts)
        return self.send_body(body,
                              content_type=f'multipart/form-data; boundary={boundary}',
                              **more)

    def send_body(self, body: bytes | IO[bytes], **more: Any) -> TestResponse:
        """A body as it is, for what no client would send."""
        headers = {**self.headers, **more.pop('headers', {})}
        return self.client.post(IMAGES, data=body, headers=headers, **more)

    def stored(self, *contents: bytes) -> list[Any]:
        """The images that an upload answers."""
        answer = self.send(*contents)
        assert answer.status_code in (200, 201), answer.text
        return list(answer.get_json()['images'])

    def get(self, path: str, **more: Any) -> TestResponse:
        return self._open('GET', path, more)

    def patch(self, path: str, **more: Any) -> TestResponse:
        return self._open('PATCH', path, more)

    def delete(self, path: str, **more: Any) -> TestResponse:
        return self._open('DELETE', path, more)

    def _open(self, method: str, path: str, more: dict[str, Any]) -> TestResponse:
        headers = {**self.headers, **more.pop('headers', {})}
        return self.client.open(path, method=method, headers=headers, **more)


class Site:

    def __init__(self, house: House, app: Flask | None = None) -> None:
        self.house = house
        self.app = app or make_flask(house)
        self.client = self.app.test_client()

    @property
    def objects(self) -> Any:
        return self.house.kernel.objects

    def keys(self, prefix: str = 'users/') -> set[str]:
        return {stored.key for stored in self.objects.list(prefix)}

    def clear(self) -> None:
        """Empties the bucket, where there is one."""
        with suppress(StorageUnavailable):
            self.objects.delete(self.keys(''))

    def person(self, name: str = 'ada', *, level: int = 1) -> Person:
        """Somebody who is registered, verified and signed in."""
        credentials = {'email': f'{name}@example.org', 'password': PASSWORD}
        born = self.client.post('/v1/accounts/register', json=credentials | {'username': name})
        assert born.status_code == 201, born.text
        person_id = UUID(born.get_json()['user']['id'])
        self.execute('UPDATE account SET verified_at = now(), level = :level WHERE id = :id',
                     level=level,
                     id=person_id)
        answer = self.app.test_client().post('/v1/accounts/login', json=credentials)
        token = answer.get_json()['access_token']
        return Person(id=person_id,
                      name=name,
                      headers={'Authorization': f'Bearer {token}'},
                      client=self.app.test_client(use_cookies=False))

    def execute(self, statement: str, **values: Any) -> list[Any]:
        with self.house.kernel.engine.begin() as connection:
            result = connection.execute(text(statement), values)
            return list(result.all()) if result.returns_rows else []

    def one(self, statement: str, **values: Any) -> Any:
        return self.execute(statement, **values)[0][0]

    def work(self, *, names: str = 'assets.') -> list[str]:
        """Does the waiting jobs of this area in their order; gives their names."""
        handlers = {handler.name: handler for handler in self.house.handlers}
        done = []
        for row in self.execute(
                'SELECT id, task_name, args FROM procrastinate_jobs '
                "WHERE status = 'todo' AND starts_with(task_name, :names) "
                'ORDER BY id',
                names=names):
            handlers[row.task_name].run(**row.args['arguments'])
            self.execute('DELETE FROM procrastinate_jobs WHERE id = :id', id=row.id)
            done.append(row.task_name)
        return done
