"""A house of its own for tests that fill a database with very many rows."""

from collections.abc import Iterator
from contextlib import contextmanager

from talelio_backend.bootstrap import House, build
from talelio_backend.settings import Settings
from tests.conftest import Servers, create_database

# Seconds. What fills a table is no request, and a busy machine may take its time.
PATIENCE = 600


@contextmanager
def patient_house(servers: Servers, settings: Settings, name: str) -> Iterator[House]:
    """Over a new database, ``name``; what a statement may take is no matter there. Nothing that
    an earlier test left in its tables, in what is known of them, or in Redis."""
    changed = {
        'database_url': create_database(servers, name),
        'database_statement_timeout': PATIENCE
    }
    house = build(settings.model_copy(update=changed))
    try:
        house.kernel.redis.flushdb()
        yield house
    finally:
        house.close()


def vacuum(house: House) -> None:
    """Tells PostgreSQL what is in the tables, as autovacuum would some time later."""
    with house.kernel.engine.connect() as connection:
        connection.execution_options(
            isolation_level='AUTOCOMMIT').exec_driver_sql('VACUUM ANALYZE')
