from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import bindparam, select

from talelio_backend.app_article.data.orm import article_table
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.orm import Id

_BATCH = 20
_FIRST = UUID(int=0)

_all = (select(article_table.c.id, article_table.c.body).where(
    article_table.c.id > bindparam('after', type_=Id)).order_by(article_table.c.id).limit(_BATCH))
_old = _all.where(article_table.c.renderer < bindparam('renderer'))


class SqlSources:

    def __init__(self, read: ReadDatabase) -> None:
        self._read = read

    def older_than(self, renderer: int | None) -> Iterator[tuple[UUID, str]]:
        statement = _all if renderer is None else _old
        after = _FIRST
        while rows := self._read.all(statement, {'after': after, 'renderer': renderer}):
            yield from ((row.id, row.body) for row in rows)
            after = rows[-1].id
