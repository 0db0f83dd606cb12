"""sessions in which an administrator acts as a member"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '20261121_assumed_sessions'
down_revision: str | None = '20261121_activity'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column('session', sa.Column('assumed_from', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_session_assumed_from'),
                          'session',
                          'session', ['assumed_from'], ['id'],
                          ondelete='CASCADE')
    op.create_index('ix_session_assumed_from',
                    'session', ['assumed_from'],
                    postgresql_where=sa.text('assumed_from IS NOT NULL'))


def downgrade() -> None:
    # Without the column they would be sessions of the members themselves.
    op.execute('DELETE FROM session WHERE assumed_from IS NOT NULL')
    op.drop_index('ix_session_assumed_from', 'session')
    op.drop_constraint(op.f('fk_session_assumed_from'), 'session', type_='foreignkey')
    op.drop_column('session', 'assumed_from')
