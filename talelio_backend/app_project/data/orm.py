from typing import Any

from sqlalchemy import (Column, ForeignKey, Index, Integer, Table, Text, TypeDecorator,
                        UniqueConstraint)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import composite

from talelio_backend.app_project.domain.project import Link, Project, Rendering
from talelio_backend.shared.data.orm import Id, Time, html_hash, mapper_registry, metadata


# pylint counts SQLAlchemy's own ancestors, and an abstract method that only literals would need.
class Links(TypeDecorator[tuple[Link, ...]]):  # pylint: disable=abstract-method,too-many-ancestors
    """Links as a JSON array of objects, in the form of the API."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: tuple[Link, ...] | None, dialect: Dialect) -> Any:
        return [{'label': link.label, 'url': link.url} for link in value or ()]

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[Link, ...]:
        return tuple(Link(**link) for link in value or ())


project_table = Table(
    'project',
    metadata,
    Column('id', Id, primary_key=True),
    Column('owner_id', Id, ForeignKey('user.id', ondelete='CASCADE'), nullable=False),
    Column('title', Text, nullable=False),
    Column('body', Text, nullable=False),
    Column('html', Text, nullable=False),
    Column('named_links', ARRAY(Text, as_tuple=True, dimensions=1), nullable=False),
    Column('renderer', Integer, nullable=False),
    Column('links', Links, nullable=False),
    Column('cover_image', Text),
    Column('repository_url', Text),
    Column('demo_url', Text),
    Column('position', Integer, nullable=False),
    Column('version', Integer, nullable=False),
    Column('created_at', Time, nullable=False),
    Column('updated_at', Time, nullable=False),
    html_hash(),
    # Checked at the end: while projects change places, two have the same one for a moment.
    UniqueConstraint('owner_id', 'position', deferrable=True, initially='DEFERRED'),
)
# The sort options of a person's list; positions have an index by being unique.
Index(None, project_table.c.owner_id, project_table.c.created_at, project_table.c.id)
Index(None, project_table.c.owner_id, project_table.c.title, project_table.c.id)

mapper_registry.map_imperatively(
    Project,
    project_table,
    # The domain counts; the mapper refuses to write over a version that it did not read.
    version_id_col=project_table.c.version,
    version_id_generator=False,
    exclude_properties=('html_hash', ),
    properties={
        'rendering':
        composite(Rendering, project_table.c.html, project_table.c.named_links,
                  project_table.c.renderer)
    })
