"""Checks of what a process needs; each answers a status, or raises why it is not there."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from redis import Redis
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from talelio_backend.shared.data.failures import database_failures, redis_failures
from talelio_backend.shared.domain.errors import DatabaseUnavailable, Restoring
from talelio_backend.shared.services.object_store import ObjectStore

_ROOT = Path(__file__).parents[3]
Check = Callable[[], Mapping[str, Any]]
_REVISION = text('SELECT version_num FROM alembic_version')


def code_revisions(root: Path = _ROOT) -> tuple[str | None, frozenset[str]]:
    """The newest revision that this code knows, and all that it knows."""
    scripts = ScriptDirectory.from_config(Config(root / 'alembic.ini'))
    known = frozenset(script.revision for script in scripts.walk_revisions())
    return scripts.get_current_head(), known


def schema_status(present: str | None, *, head: str | None, known: frozenset[str]) -> str:
    """Compares the database's revision with those that this code knows."""
    if present == head:
        return 'ok'
    return 'schema_outdated' if present is None or present in known else 'schema_ahead'


def check_database(engine: Engine,
                   *,
                   head: str | None,
                   known: frozenset[str],
                   restoring: Callable[[], bool] = lambda: False) -> Check:
    """``engine`` in autocommit. Raises DatabaseUnavailable, or Restoring where ``restoring`` says
    that the database is being exchanged."""

    def check() -> Mapping[str, Any]:
        try:
            present = _present_revision(engine)
        except DatabaseUnavailable as error:
            raise Restoring() if restoring() else error
        return {'status': schema_status(present, head=head, known=known), 'revision': present}

    return check


def _present_revision(engine: Engine) -> str | None:
    with database_failures(), engine.connect() as connection:
        try:
            return connection.execute(_REVISION).scalar()
        except ProgrammingError:
            return None  # no such table: nobody has migrated this database yet


def check_redis(redis: Redis) -> Check:
    """Raises SessionStoreUnavailable."""

    def check() -> Mapping[str, Any]:
        with redis_failures():
            redis.ping()
        return {'status': 'ok'}

    return check


def check_objects(store: ObjectStore) -> Check:
    """Raises StorageUnavailable."""

    def check() -> Mapping[str, Any]:
        store.ping()
        return {'status': 'ok'}

    return check
