"""A house with people in it who need no password: their tokens are their names."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from talelio_backend.bootstrap import House, make_flask
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.presentation.edge import KEY
from talelio_backend.shared.services.authentication import Caller
from tests.fakes import FakeAuthenticator


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who calls the API; ``caller`` None is a stranger."""

    app: Flask
    name: str
    caller: Caller | None = None

    @property
    def id(self) -> UUID:
        assert self.caller is not None
        return self.caller.member_id

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.call('GET', path, **more)

    def post(self, path: str, **more: Any) -> TestResponse:
        return self.call('POST', path, **more)

    def put(self, path: str, **more: Any) -> TestResponse:
        return self.call('PUT', path, **more)

    def patch(self, path: str, **more: Any) -> TestResponse:
        return self.call('PATCH', path, **more)

    def delete(self, path: str, **more: Any) -> TestResponse:
        return self.call('DELETE', path, **more)

    def call(self,
             method: str,
             path: str,
             *,
             if_match: str | None = None,
             if_none_match: str | None = None,
             **more: Any) -> TestResponse:
        headers = dict(more.pop('headers', {}))
        if self.caller is not None:
            headers['Authorization'] = f'Bearer {self.name}'
        if if_match is not None:
            headers['If-Match'] = if_match
        if if_none_match is not None:
            headers['If-None-Match'] = if_none_match
        client: FlaskClient = self.app.test_client()
        return client.open(path, method=method, headers=headers, **more)


class Site:

    def __init__(self, house: House, app: Flask | None = None) -> None:
        self.house = house
        self.app = app or make_flask(house)
        self._authenticator = FakeAuthenticator()
        self.app.extensions[KEY] = replace(self.app.extensions[KEY],
                                           authenticator=self._authenticator)
        self.stranger = Person(app=self.app, name='')

    def person(self, name: str, *, level: Level = Level.MEMBER) -> Person:
        caller = Caller(account_id=new_id(), level=level, verified=True)
        self._authenticator.callers[name] = caller
        self.execute(
            'INSERT INTO "user" (id, username, display_name, location, bio, created_at) '
            "VALUES (:id, :name, initcap(:name), 'Oulu', '', now())",
            id=caller.account_id,
            name=name)
        return Person(app=self.app, name=name, caller=caller)

    def execute(self, statement: str, **values: Any) -> Any:
        """Runs SQL and commits it; answers the rows where there are any."""
        with self.house.kernel.engine.begin() as connection:
            result = connection.execute(text(statement), values)
            return result.all() if result.returns_rows else None

    def activity(self) -> list[Any]:
        """The rows of the activity log, oldest first."""
        rows: list[Any] = self.execute('SELECT * FROM activity ORDER BY created_at, id')
        return rows

    def member(self, name: str, *, level: Level = Level.MEMBER, verified: bool = True) -> Person:
        """A person with an account, for what asks the accounts and not the token."""
        person = self.person(name, level=level)
        self.execute(
            'INSERT INTO account (id, email, verified_at, level, language, updated_at, search) '
            "VALUES (:id, :name || '@example.org', CASE WHEN :verified THEN now() END, :level, "
            "'en', now(), :name)",
            id=person.id,
            name=name,
            level=int(level),
            verified=verified)
        return person
