"""a hash of the stored HTML, for ETags"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '20261121_html_hash'
down_revision: str | None = '20261121_contact'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ('article', 'project')


def upgrade() -> None:
    for table in TABLES:
        op.add_column(
            table,
            sa.Column('html_hash',
                      sa.BigInteger(),
                      sa.Computed('hashtextextended(html, 0::bigint)', persisted=True),
                      nullable=False))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, 'html_hash')
