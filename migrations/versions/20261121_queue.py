"""the job queue's own tables, functions and triggers"""

from collections.abc import Sequence

from alembic import op
from procrastinate.schema import SchemaManager

revision: str = '20261121_queue'
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # The library's schema as the lock file pins it. A newer library brings its own migration
    # files; the revision that raises the pin runs them.
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace('%', '%%'))


def downgrade() -> None:
    op.get_bind().exec_driver_sql('''
        DO $$
        DECLARE
            dropped text;
        BEGIN
            FOR dropped IN
                SELECT format('DROP TABLE %%I CASCADE', tablename) FROM pg_tables
                WHERE schemaname = current_schema() AND tablename LIKE 'procrastinate\\_%%'
                UNION ALL
                SELECT format('DROP FUNCTION IF EXISTS %%s CASCADE', oid::regprocedure) FROM pg_proc
                WHERE pronamespace = current_schema()::regnamespace
                AND proname LIKE 'procrastinate\\_%%'
            LOOP
                EXECUTE dropped;
            END LOOP;
            FOR dropped IN
                SELECT format('DROP TYPE IF EXISTS %%I CASCADE', typname) FROM pg_type
                WHERE typnamespace = current_schema()::regnamespace
                AND typname LIKE 'procrastinate\\_%%' AND typtype IN ('e', 'c')
            LOOP
                EXECUTE dropped;
            END LOOP;
        END
        $$
    ''')
