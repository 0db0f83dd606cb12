"""Secrets in AWS Secrets Manager: JSON objects whose keys are named as the variables are."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Any, Protocol
from urllib.parse import quote

import structlog

RETRY = 30.0  # seconds until a manager that did not answer is asked again
DATABASE = 'DATABASE_URL'
_LOGIN = frozenset({'username', 'password', 'host', 'dbname'})
log = structlog.get_logger('talelio.secrets')


class SecretFault(Exception):
    """A secret that cannot be used. The text names the secret and the key, never a value."""


class Fetch(Protocol):

    def __call__(self, name: str) -> str:
        """The text of a secret. Raises SecretFault."""
        ...


class Secrets:
    """The values of all objects together; of two objects with one key, the first counts. They are
    read at first need and kept for ``ttl`` seconds; a manager that does not answer then leaves
    the old ones in force, and ``stale`` says so."""

    def __init__(self,
                 names: Sequence[str],
                 fetch: Fetch,
                 *,
                 ttl: float,
                 now: Callable[[], float] = time.monotonic) -> None:
        self._names = names
        self._fetch = fetch
        self._ttl = ttl
        self._now = now
        self._lock = Lock()
        self._values: Mapping[str, str] | None = None
        self._until = 0.0
        self.stale = False

    def values(self, *, newest: bool = False) -> Mapping[str, str]:
        """``newest`` asks even within the ``ttl``. Raises SecretFault, but only as long as there
        are no values to keep."""
        with self._lock:
            if self._values is None or newest or self._now() >= self._until:
                self._values = self._read(self._values)
            return self._values

    def _read(self, kept: Mapping[str, str] | None) -> Mapping[str, str]:
        try:
            values: dict[str, str] = {}
            for name in self._names:
                values = parse(name, self._fetch(name)) | values
        except SecretFault as error:
            if kept is None:
                raise
            log.warning('secrets_stale', reason=str(error))
            self.stale, self._until = True, self._now() + RETRY
            return kept
        self.stale, self._until = False, self._now() + self._ttl
        return values


def parse(name: str, text: str) -> dict[str, str]:
    """The values of the secret ``name``. The login of a database, as the manager's own rotation
    keeps it, is understood as DATABASE_URL. Raises SecretFault."""
    try:
        content = json.loads(text)
    except ValueError:
        raise SecretFault(f'{name}: not JSON') from None
    if not isinstance(content, dict):
        raise SecretFault(f'{name}: not a JSON object')
    values = {key: value for key, value in content.items() if isinstance(value, str)}
    if DATABASE not in values and _LOGIN <= content.keys():
        values[DATABASE] = _database_url(content)
    return values


def _database_url(login: Mapping[str, Any]) -> str:
    user, password, name = (quote(str(login[key]), safe='')
                            for key in ('username', 'password', 'dbname'))
    host = str(login['host'])
    return (f"postgresql://{user}:{password}@{f'[{host}]' if ':' in host else host}"
            f":{login.get('port') or 5432}/{name}")


class SecretsManager:
    """Asks AWS. Without keys the machine's role is asked for them."""

    def __init__(self,
                 *,
                 region: str,
                 access_key: str | None = None,
                 secret_key: str | None = None,
                 endpoint_url: str | None = None) -> None:
        self._options = {
            'region_name': region,
            'aws_access_key_id': access_key,
            'aws_secret_access_key': secret_key,
        }
        self._endpoint_url = endpoint_url
        self._made: Any = None

    def __call__(self, name: str) -> str:
        from botocore.exceptions import BotoCoreError, ClientError
        try:
            answer = self._client().get_secret_value(SecretId=name)
        except ClientError as error:
            code = error.response.get('Error', {}).get('Code', 'refused')
            raise SecretFault(f'{name}: {code}') from None
        except (BotoCoreError, OSError) as error:
            raise SecretFault(f'{name}: {type(error).__name__}') from None
        if 'SecretString' not in answer:
            raise SecretFault(f'{name}: not JSON')
        return str(answer['SecretString'])

    def _client(self) -> Any:
        import boto3  # heavy, and of no use where no secret is named
        from botocore.config import Config
        if self._made is None:
            make_session: Any = boto3.session.Session
            config = Config(connect_timeout=2, read_timeout=3, retries={'total_max_attempts': 2})
            self._made = make_session(**self._options).client('secretsmanager',
                                                              endpoint_url=self._endpoint_url,
                                                              config=config)
        return self._made


class DatabaseAddress:
    """Where the database is. One that came from ``secrets`` follows its rotation."""

    def __init__(self, url: str, secrets: Secrets | None = None) -> None:
        self._url = url
        self._secrets = secrets

    @property
    def changes(self) -> bool:
        return self._secrets is not None

    def current(self, *, newest: bool = False) -> str:
        """A libpq URL. Never raises; an address that is out of reach stays what it was."""
        if self._secrets is None:
            return self._url
        return self._secrets.values(newest=newest).get(DATABASE, self._url)
