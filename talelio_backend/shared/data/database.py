import select
import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, exc, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.sql import Executable

from talelio_backend.shared.data.failures import database_failures, hide_values
from talelio_backend.shared.data.prepared import Prepared

IDLE_BEFORE_PING = 15.0  # seconds


def psycopg2_url(url: str) -> URL:
    """``postgres://`` and ``postgresql://`` as the driver that is meant."""
    return make_url(url).set(drivername='postgresql+psycopg2')


def build_engine(url: str,
                 *,
                 pool_size: int,
                 overflow: int,
                 timeout: float,
                 statement_timeout: float,
                 lock_timeout: float,
                 autocommit: bool = False) -> Engine:
    """An engine whose connections are made at first use and bounded in every wait (seconds)."""
    options = (f'-c timezone=UTC -c statement_timeout={int(statement_timeout * 1000)} '
               f'-c lock_timeout={int(lock_timeout * 1000)} '
               '-c idle_in_transaction_session_timeout=30000')
    engine = create_engine(
        psycopg2_url(url),
        pool_size=pool_size,
        max_overflow=overflow,
        pool_timeout=timeout,
        pool_recycle=1800,
        # In autocommit there is nothing to roll back when a connection returns.
        pool_reset_on_return=None if autocommit else 'rollback',
        isolation_level='AUTOCOMMIT' if autocommit else None,
        connect_args={
            'connect_timeout': 5,
            'options': options,
            'application_name': 'talelio'
        },
        # No error text with parameters: they hold addresses and hashes.
        hide_parameters=True,
    )
    _ping_after_idling(engine)
    hide_values(engine)
    return engine


def _ping_after_idling(engine: Engine) -> None:
    """``pool_pre_ping`` costs 7 % of a read; a connection that was in use a moment ago is alive,
    unless the server has said something since. Only one that idled is asked, and one that was
    spoken to, so that a restarted server, or a database that was exchanged, costs no error."""

    @event.listens_for(engine, 'checkin')
    def note(_connection: Any, record: Any) -> None:
        record.info['idle_since'] = time.monotonic()

    @event.listens_for(engine, 'checkout')
    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        idle_since = record.info.get('idle_since')
        if idle_since is None:
            return
        if time.monotonic() - idle_since < IDLE_BEFORE_PING and _nothing_was_said(connection):
            return
        try:
            alive = engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error:
            alive = False
        if not alive:
            raise exc.DisconnectionError()  # the pool makes a new connection


def _nothing_was_said(connection: Any) -> bool:
    """Whether nothing waits to be read from an idle connection: the server says why it ends one.
    A microsecond, for nobody is asked."""
    if connection.closed:
        return False
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return not waiting.poll(0)


class ReadDatabase:
    """Statements outside of transactions, for reads that the public makes often."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def one(self,
            statement: Executable | Prepared,
            parameters: Mapping[str, Any] | None = None) -> Any:
        """The first row, or None. Raises DatabaseUnavailable, Busy."""
        rows = self.all(statement, parameters)
        return rows[0] if rows else None

    def all(self,
            statement: Executable | Prepared,
            parameters: Mapping[str, Any] | None = None) -> Sequence[Any]:
        """Every row. Raises DatabaseUnavailable, Busy."""
        with database_failures():
            try:
                return self._run(statement, parameters)
            except exc.DBAPIError as error:
                # The server was restarted under this connection; a read may simply be repeated.
                if not error.connection_invalidated:
                    raise
                return self._run(statement, parameters)

    def _run(self, statement: Executable | Prepared,
             parameters: Mapping[str, Any] | None) -> Sequence[Any]:
        if isinstance(statement, Prepared):
            rows = statement.run_bare(self._engine, parameters or {})
            if rows is not None:
                return rows
        with self._engine.connect() as connection:
            if isinstance(statement, Prepared):
                return statement.run(connection, parameters or {})
            return connection.execute(statement, parameters or {}).fetchall()

    def connect(self) -> Connection:
        """A connection for a long read; the caller closes it."""
        return self._engine.connect()
