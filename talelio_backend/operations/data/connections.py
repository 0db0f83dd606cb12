"""Connections that last for one operation. They come from no pool: a snapshot stays open for
minutes, and a database that is about to be renamed must have no visitors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, text
from sqlalchemy.engine.interfaces import IsolationLevel

from talelio_backend.shared.data.database import build_engine, psycopg2_url
from talelio_backend.shared.data.failures import database_failures

Address = Callable[[], str]
"""Where the live database is, asked anew for each operation: passwords rotate."""

# The role or the database may have limits of their own; not every version knows each of them.
_PATIENT = text('''
    SELECT set_config(name, '0', false) FROM pg_settings
    WHERE name IN ('idle_in_transaction_session_timeout', 'idle_session_timeout',
                   'transaction_timeout')
''')


@contextmanager
def connected(address: str,
              *,
              database: str | None = None,
              isolation: IsolationLevel = 'AUTOCOMMIT',
              statement_timeout: float = 0) -> Iterator[Connection]:
    """A connection without limits but ``statement_timeout`` (seconds; 0: none), closed when the
    context is left. ``database`` in place of the one that the address names.

    Raises DatabaseUnavailable, Busy."""
    url = psycopg2_url(address)
    engine = build_engine(
        url.set(database=database or url.database).render_as_string(hide_password=False),
        pool_size=1,
        overflow=0,
        timeout=5,
        statement_timeout=statement_timeout,
        lock_timeout=0,
        autocommit=True)
    try:
        with database_failures():
            with engine.connect() as connection:
                connection.execute(_PATIENT)
                connection.rollback()  # nothing to undo: it ends what SQLAlchemy has begun
                yield connection.execution_options(isolation_level=isolation)
    finally:
        engine.dispose()


def plain_url(address: str, database: str | None = None) -> URL:
    """As libpq reads it."""
    url = psycopg2_url(address).set(drivername='postgresql')
    return url.set(database=database or url.database)
