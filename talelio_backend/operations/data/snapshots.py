from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from talelio_backend.operations.data.connections import Address, connected
from talelio_backend.operations.data.contents import contents_of
from talelio_backend.operations.services.ports import Snapshot

_EXPORT = text('SELECT pg_export_snapshot()')
_PLACE = text("SELECT current_database(), current_setting('server_version')")


class ExportedSnapshots:
    """Snapshots that pg_dump can join: what is counted here and what is dumped there is the same
    moment, whatever is written meanwhile (PostgreSQL manual, "Snapshot Synchronization")."""

    def __init__(self, address: Address) -> None:
        self._address = address

    @contextmanager
    def take(self) -> Iterator[Snapshot]:
        with connected(self._address(), isolation='REPEATABLE READ') as connection:
            exported = connection.execute(_EXPORT).scalar_one()
            database, server = connection.execute(_PLACE).one()
            yield Snapshot(id=exported,
                           database=database,
                           server=server.partition(' ')[0],
                           contents=contents_of(connection))
