"""books found by words, however many there are"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '20261121_library_search'
down_revision: str | None = '20261121_library_rules'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Where a word stands in half of all books, the planner would read the whole table to rank or count
# them, with descriptions that nobody asked for. A function plans by itself, and is told not to.
FUNCTIONS = ('''
CREATE FUNCTION library_books_of_words(words tsquery) RETURNS SETOF uuid
LANGUAGE sql STABLE ROWS 1000 SET enable_seqscan = off AS $$
    SELECT id FROM library_book WHERE (search || search_more) @@ words
$$
''', '''
CREATE FUNCTION library_books_of_title(grams tsquery, needle text) RETURNS SETOF uuid
LANGUAGE sql STABLE ROWS 1000 SET enable_seqscan = off AS $$
    SELECT id FROM library_book WHERE title_grams @@ grams AND strpos(title_key, needle) > 0
$$
''')


def upgrade() -> None:
    for function in FUNCTIONS:
        op.execute(sa.text(function))


def downgrade() -> None:
    op.execute('DROP FUNCTION library_books_of_title(tsquery, text)')
    op.execute('DROP FUNCTION library_books_of_words(tsquery)')
