from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Table, bindparam, select

from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.orm import Id

_BATCH = 20
_FIRST = UUID(int=0)


class SqlSources:
    """``table`` has the columns ``id``, ``body`` and ``renderer``."""

    def __init__(self, read: ReadDatabase, table: Table) -> None:
        self._read = read
        self._all = (select(table.c.id, table.c.body).where(
            table.c.id > bindparam('after', type_=Id)).order_by(table.c.id).limit(_BATCH))
        self._old = self._all.where(table.c.renderer < bindparam('renderer'))

    def older_than(self, renderer: int | None) -> Iterator[tuple[UUID, str]]:
        statement = self._all if renderer is None else self._old
        after = _FIRST
        while rows := self._read.all(statement, {'after': after, 'renderer': renderer}):
            yield from ((row.id, row.body) for row in rows)
            after = rows[-1].id
