from typing import Any

from sqlalchemy import CheckConstraint, Column, Integer, String, Table, Text, TypeDecorator, event
from sqlalchemy.engine import Dialect

from talelio_backend.app_navigation.domain.link import MenuLink, Position
from talelio_backend.shared.data.orm import Id, Time, mapper_registry, metadata
from talelio_backend.shared.data.search_text import search_text
from talelio_backend.shared.domain.access import Level


# pylint counts SQLAlchemy's own ancestors, and an abstract method that only literals would need.
class _Position(TypeDecorator[Position]):  # pylint: disable=abstract-method,too-many-ancestors
    impl = String(20)
    cache_ok = True

    def process_bind_param(self, value: Position | None, dialect: Dialect) -> Any:
        return None if value is None else value.value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Position | None:
        return None if value is None else Position(value)


class _Level(TypeDecorator[Level]):  # pylint: disable=abstract-method,too-many-ancestors
    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Level | None, dialect: Dialect) -> Any:
        return None if value is None else int(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Level | None:
        return None if value is None else Level(value)


# Menus have some dozens of rows: a scan is cheaper than an index that an edit would have to keep.
link_table = Table(
    'menu_link',
    metadata,
    Column('id', Id, primary_key=True),
    Column('text', Text, nullable=False),
    Column('target', Text, nullable=False),
    Column('icon', Text),
    Column('weight', Integer, nullable=False),
    Column('position', _Position, nullable=False),
    Column('access_level', _Level, nullable=False),
    # Text and target as they are searched, see ``search_text``.
    Column('search', Text, nullable=False),
    Column('version', Integer, nullable=False),
    Column('created_at', Time, nullable=False),
    Column('updated_at', Time, nullable=False),
    CheckConstraint('weight BETWEEN 0 AND 100', name='weight'),
    CheckConstraint('access_level BETWEEN -1 AND 2', name='access_level'),
    CheckConstraint(
        "position IN ('navbar', 'header', 'footer', 'hidden', 'adminNavbar', 'adminFooter')",
        name='position'),
)
mapper_registry.map_imperatively(
    MenuLink,
    link_table,
    # The domain counts; the mapper refuses to write over a version that it did not read.
    version_id_col=link_table.c.version,
    version_id_generator=False)


@event.listens_for(MenuLink, 'before_insert')
@event.listens_for(MenuLink, 'before_update')
def _fold_for_search(_mapper: Any, _connection: Any, link: Any) -> None:
    link.search = search_text(link.text, link.target)
