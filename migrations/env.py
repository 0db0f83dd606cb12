"""Alembic's entry. The connection is handed in by ``talelio_backend.shared.data.schema``, which
holds the advisory lock; the metadata is that of all areas."""

from typing import Any

from alembic import context
from sqlalchemy import TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

from talelio_backend.bootstrap import table_metadata


def _ours(_item: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
    """The queue's tables are the queue's: its own schema file makes and changes them."""
    return not (kind == 'table' and name is not None and name.startswith('procrastinate_'))


def _rendered(kind: str, item: Any, autogen_context: Any) -> Any:
    """Writes a type of ours as the type of the database behind it: a migration must not change
    its meaning when the code does."""
    if kind != 'type' or not isinstance(item, TypeDecorator):
        return False
    if isinstance(item.impl_instance, JSONB):
        autogen_context.imports.add('from sqlalchemy.dialects import postgresql')
        return 'postgresql.JSONB()'
    return f'sa.{item.impl_instance!r}'


connection = context.config.attributes.get('connection')
if connection is None:
    raise SystemExit('use `make migrate` or `make revision`: they know the database')
context.configure(connection=connection,
                  target_metadata=table_metadata(),
                  include_object=_ours,
                  render_item=_rendered,
                  compare_type=True,
                  compare_server_default=True,
                  transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
