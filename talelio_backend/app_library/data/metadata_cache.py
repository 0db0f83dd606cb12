from sqlalchemy import Engine, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from talelio_backend.app_library.data.intake_orm import metadata_table
from talelio_backend.app_library.services.intake_ports import Kept
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.failures import database_failures

_M = metadata_table.c
_kept = select(_M.found, _M.fetched_at).where(_M.isbn13 == bindparam('isbn13'))
_insert = insert(metadata_table)
_put = _insert.on_conflict_do_update(index_elements=['isbn13'],
                                     set_={
                                         'found': _insert.excluded.found,
                                         'fetched_at': _insert.excluded.fetched_at
                                     })


class SqlMetadataCache:
    """See the port ``MetadataCache``. In transactions of its own: what others know is no change
    of the catalogue."""

    def __init__(self, engine: Engine, read: ReadDatabase) -> None:
        self._engine = engine
        self._read = read

    def get(self, isbn13: str) -> Kept | None:
        row = self._read.one(_kept, {'isbn13': isbn13})
        return None if row is None else Kept(found=row.found, fetched_at=row.fetched_at)

    def put(self, isbn13: str, kept: Kept) -> None:
        with database_failures(), self._engine.begin() as connection:
            connection.execute(_put, {
                'isbn13': isbn13,
                'found': kept.found,
                'fetched_at': kept.fetched_at
            })
