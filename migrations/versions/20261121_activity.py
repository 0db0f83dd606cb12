"""the activity's search, its chain and what guards both"""

import re
import unicodedata
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '20261121_activity'
down_revision: str | None = '20261121_html_hash'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BATCH = 1000
FILTERS = ('area', 'action', 'target_type', 'target_id', 'request_id')

# The lock of everybody who works on the chain: sealing, redaction, retention.
LOCK = 'PERFORM pg_advisory_xact_lock(7410993402181021)'

# What is called is told by the stack of calls, which nobody can set as they can a setting.
GUARD = '''
CREATE FUNCTION activity_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE stack text;
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.seq IS NULL AND NEW.seq IS NOT NULL
        AND (NEW.id, NEW.created_at, NEW.area, NEW.action, NEW.text, NEW.actor_id,
             NEW.impersonator_id, NEW.target_type, NEW.target_id, NEW.target_label, NEW.changes,
             NEW.request_id, NEW.redacted, NEW.search)
            IS NOT DISTINCT FROM
            (OLD.id, OLD.created_at, OLD.area, OLD.action, OLD.text, OLD.actor_id,
             OLD.impersonator_id, OLD.target_type, OLD.target_id, OLD.target_label, OLD.changes,
             OLD.request_id, OLD.redacted, OLD.search)
    THEN
        RETURN NEW;
    END IF;
    GET DIAGNOSTICS stack = PG_CONTEXT;
    IF TG_OP = 'UPDATE' AND strpos(stack, 'activity_redact(') > 0 THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND strpos(stack, 'activity_retire(') > 0 THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'rows of the activity are neither changed nor removed'
        USING ERRCODE = 'restrict_violation';
END
$$
'''

REDACT = f'''
CREATE FUNCTION activity_redact(person uuid) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE emptied bigint;
BEGIN
    {LOCK};
    UPDATE activity
    SET text = '(removed)', target_label = NULL, changes = NULL, search = '', redacted = true
    WHERE NOT redacted AND seq IS NOT NULL
        AND (target_id = person::text OR (actor_id = person AND area = 'account'));
    GET DIAGNOSTICS emptied = ROW_COUNT;
    RETURN emptied;
END
$$
'''

# From the old end alone, so that what stays is one chain.
RETIRE = f'''
CREATE FUNCTION activity_retire(before timestamptz, at_most integer) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    last record;
    removed bigint;
BEGIN
    {LOCK};
    WITH oldest AS MATERIALIZED (
        SELECT seq, hash, created_at FROM activity
        WHERE seq IS NOT NULL ORDER BY seq LIMIT at_most
    )
    SELECT seq, hash INTO last FROM oldest
    WHERE seq < coalesce((SELECT min(seq) FROM oldest WHERE created_at >= before),
                         9223372036854775807)
    ORDER BY seq DESC LIMIT 1;
    IF last.seq IS NULL THEN
        RETURN 0;
    END IF;
    UPDATE activity_chain SET checkpoint_seq = last.seq, checkpoint_hash = last.hash WHERE id = 1;
    DELETE FROM activity WHERE seq <= last.seq;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$$
'''

# As a function, which the planner may ask before it decides: a name that nobody has, or one that
# stands on every other row, are no guess then.
ACTORS = '''
CREATE FUNCTION activity_actors(name text) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(array_agg(id), ARRAY[]::uuid[]) FROM "user"
    WHERE lower(username) = lower(name)
$$
'''

TRIGGERS = (
    '''CREATE TRIGGER activity_guard_rows BEFORE UPDATE OR DELETE ON activity
       FOR EACH ROW EXECUTE FUNCTION activity_guard()''',
    '''CREATE TRIGGER activity_guard_seals BEFORE INSERT ON activity
       FOR EACH ROW WHEN (NEW.seq IS NOT NULL OR NEW.redacted)
       EXECUTE FUNCTION activity_guard()''',
    'ALTER TABLE activity ENABLE ALWAYS TRIGGER activity_guard_rows',
    'ALTER TABLE activity ENABLE ALWAYS TRIGGER activity_guard_seals',
)


def vector(text: str, label: str | None) -> str:
    folded = unicodedata.normalize('NFKD', f'{text}\n{label or ""}').casefold()
    plain = ''.join(c for c in folded if not unicodedata.combining(c))
    words = [word[:200] for word in re.split(r'[\W_]+', plain) if word]
    return ' '.join(f"'{word}':{min(place, 16383)}" for place, word in enumerate(words, start=1))


def fill_search() -> None:
    link, after = op.get_bind(), None
    while True:
        rows = link.execute(
            sa.text('SELECT id, text, target_label FROM activity '
                    'WHERE CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid) '
                    f'ORDER BY id LIMIT {BATCH}'), {
                        'after': after
                    }).all()
        if not rows:
            return
        link.execute(
            sa.text('UPDATE activity SET search = CAST(:search AS tsvector) '
                    'WHERE id = :id'), [{
                        'id': row.id,
                        'search': vector(row.text, row.target_label)
                    } for row in rows])
        after = str(rows[-1].id)


def upgrade() -> None:
    op.create_table('activity_chain',
                    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
                    sa.Column('checkpoint_seq', sa.BigInteger(), nullable=False),
                    sa.Column('checkpoint_hash', sa.String(length=64), nullable=False),
                    sa.Column('head_seq', sa.BigInteger(), nullable=False),
                    sa.Column('head', sa.String(length=64), nullable=False),
                    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
                    sa.Column('ok', sa.Boolean(), nullable=True),
                    sa.CheckConstraint('id = 1', name=op.f('ck_activity_chain_one_row')),
                    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity_chain')))
    for column in (sa.Column('seq', sa.BigInteger()), sa.Column('prev_hash', sa.String(64)),
                   sa.Column('content_hash', sa.String(64)), sa.Column('hash', sa.String(64)),
                   sa.Column('redacted', sa.Boolean(), server_default=sa.false(),
                             nullable=False), sa.Column('search', postgresql.TSVECTOR())):
        op.add_column('activity', column)
    fill_search()
    op.alter_column('activity', 'search', nullable=False)
    for name in FILTERS:
        op.create_index(op.f(f'ix_activity_{name}_created_at_id'), 'activity',
                        [name, 'created_at', 'id'])
    op.create_index('ix_activity_search', 'activity', ['search'], postgresql_using='gin')
    op.create_index('uq_activity_seq', 'activity', ['seq'], unique=True)
    impersonated, unsealed = sa.text('impersonator_id IS NOT NULL'), sa.text('seq IS NULL')
    op.create_index('ix_activity_impersonator_id_created_at_id',
                    'activity', ['impersonator_id', 'created_at', 'id'],
                    postgresql_where=impersonated)
    op.create_index('ix_activity_impersonated',
                    'activity', ['created_at', 'id'],
                    postgresql_where=impersonated)
    op.create_index('ix_activity_unsealed',
                    'activity', ['created_at', 'id'],
                    postgresql_where=unsealed)
    for statement in (GUARD, REDACT, RETIRE, ACTORS, *TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    for trigger in ('activity_guard_rows', 'activity_guard_seals'):
        op.execute(f'DROP TRIGGER {trigger} ON activity')
    for function in ('activity_guard()', 'activity_redact(uuid)',
                     'activity_retire(timestamptz, integer)', 'activity_actors(text)'):
        op.execute(f'DROP FUNCTION {function}')
    for index in ('ix_activity_impersonated', 'ix_activity_unsealed',
                  'ix_activity_impersonator_id_created_at_id',
                  *(f'ix_activity_{name}_created_at_id' for name in FILTERS)):
        op.drop_index(index, 'activity')
    for column in ('search', 'redacted', 'hash', 'content_hash', 'prev_hash', 'seq'):
        op.drop_column('activity', column)
    op.drop_table('activity_chain')
