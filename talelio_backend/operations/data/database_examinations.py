"""Examinations that ask the database. ``engine`` is in autocommit."""

import time

from sqlalchemy import Engine, text

from talelio_backend.operations.domain.diagnosis import Finding, bad, doubtful, good
from talelio_backend.operations.services.diagnosing import Examine
from talelio_backend.shared.data.failures import database_failures
from talelio_backend.shared.data.health import Check

OLDEST_SERVER = 150_000  # PostgreSQL 15, as the server counts its versions
SKEW = 2.0  # seconds
SILENCE = 120.0  # seconds
_SERVER = text('''
    SELECT current_setting('server_version'), current_setting('server_version_num')::int,
           current_setting('max_connections')::int
           - current_setting('superuser_reserved_connections')::int
           - coalesce(current_setting('reserved_connections', true)::int, 0)
''')
_NOW = text('SELECT extract(epoch FROM clock_timestamp())')
_WORKER = text('''
    SELECT extract(epoch FROM clock_timestamp() - max(last_heartbeat))
    FROM procrastinate_workers
''')


def examine_database(engine: Engine, *, wanted: int) -> Examine:
    """``wanted``: connections that all processes may hold at once, by the settings."""

    def examine() -> Finding:
        with database_failures(), engine.connect() as connection:
            version, number, offered = connection.execute(_SERVER).one()
        if number < OLDEST_SERVER:
            return bad(f'PostgreSQL {version}', 'Upgrade the server to PostgreSQL 15 or newer.')
        detail = f'PostgreSQL {version}; {wanted} of {offered} connections at most'
        if wanted > offered:
            return bad(
                detail, 'Lower WEB_CONCURRENCY or DATABASE_POOL_SIZE and DATABASE_POOL_OVERFLOW, '
                "or raise the server's max_connections.")
        return good(detail)

    return examine


def examine_schema(check_database: Check) -> Examine:
    """``check_database``: what readiness asks."""

    def examine() -> Finding:
        outcome = check_database()
        status, revision = outcome['status'], outcome['revision']
        detail = f'the database is at {revision or "no revision"}'
        if status == 'schema_outdated':
            return bad(detail, 'Run the command `migrate`.')
        if status != 'ok':
            return bad(detail, 'Start the version that made this schema, or a newer one.')
        return good(detail)

    return examine


def examine_clock(engine: Engine, *, offset: float) -> Examine:
    """``offset``: seconds that the settings add on purpose."""

    def examine() -> Finding:
        before = time.time()
        with database_failures(), engine.connect() as connection:
            theirs = float(connection.execute(_NOW).scalar_one())
        # The answer was made at some moment between asking and hearing it.
        skew = max(before - theirs, theirs - time.time(), 0.0)
        if skew > SKEW:
            return bad(f"{skew:.1f} s beside the database's clock",
                       'Let both machines take their time from the same source (NTP).')
        if offset:
            return doubtful(f'{offset:g} s are added to the clock',
                            'Unset TALELIO_CLOCK_OFFSET unless you are trying something out.')
        return good(f"{skew:.1f} s beside the database's clock")

    return examine


def examine_worker(engine: Engine) -> Examine:

    def examine() -> Finding:
        with database_failures(), engine.connect() as connection:
            silent = connection.execute(_WORKER).scalar()
        if silent is None:
            return bad('no worker gives a sign', 'Start one with the command `worker`.')
        if silent > SILENCE:
            return bad(f'the last sign is {silent:.0f} s old',
                       'See why the worker stopped, and start it again.')
        return good(f'the last sign is {silent:.0f} s old')

    return examine
