"""One database takes the place of another while clients come and go."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Event, Thread

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from talelio_backend.operations.data.connections import Address, connected, plain_url
from talelio_backend.operations.data.database_properties import inherit
from talelio_backend.operations.domain.replaced import replaced_at
from talelio_backend.operations.domain.restore_errors import NotAllowed, StillInUse
from talelio_backend.shared.domain.errors import DomainError

_LIMIT = 30  # seconds for a statement; a rename itself waits 5 at most
_AGAIN = 0.02  # seconds between two looks for connections
_IN_USE = '55006'  # SQLSTATE object_in_use
# A database cannot be renamed by somebody who is in it.
_OUTSIDE = text('''
    SELECT datname FROM pg_database
    WHERE datname IN ('postgres', 'template1') AND datname <> current_database()
      AND datallowconn AND has_database_privilege(datname, 'CONNECT')
    ORDER BY datname
''')
_RIGHTS = text('''
    SELECT pg_has_role(database.datdba, 'USAGE') AS owns, own.rolsuper OR own.rolcreatedb AS makes
    FROM pg_database AS database, pg_roles AS own
    WHERE database.datname = current_database() AND own.rolname = current_user
''')
# The server ends nobody else's sessions for us, and an ordinary role's request for a superuser's
# would be an error. What is left is told in words by _VISITORS.
_END = text('''
    SELECT pg_terminate_backend(activity.pid)
    FROM pg_stat_activity AS activity
    JOIN pg_roles AS visitor ON visitor.oid = activity.usesysid
    JOIN pg_roles AS own ON own.rolname = current_user
    WHERE activity.datname = :database AND (own.rolsuper OR NOT visitor.rolsuper)
      AND (pg_has_role(visitor.oid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE'))
''')
_OWN = text("SELECT datname FROM pg_database WHERE pg_has_role(datdba, 'USAGE')")
_VISITORS = text('''
    SELECT coalesce(usename, backend_type, 'the server') AS name, count(*) AS number
    FROM pg_stat_activity WHERE datname = :database GROUP BY 1 ORDER BY 1
''')


class DatabaseSwap:
    """Exchanges the live database by renaming. Both renames are one transaction: whatever dies in
    between, the live database is the old one or the new one, open to everybody.

    A client sees this: its connections end; a new one waits in the server, for the first rename
    holds the database's lock, and is then told that there is no such database; the next one is
    with the new database. That takes as long as ending the connections does, 0.2 s as a rule.
    """

    def __init__(self, address: Address) -> None:
        self._address = address

    @property
    def live(self) -> str:
        return str(plain_url(self._address()).database)

    def check(self) -> None:
        """Raises NotAllowed where ``exchange`` could not work; changes nothing."""
        with connected(self._address()) as connection:
            rights = connection.execute(_RIGHTS).one()
        if not rights.owns:
            raise NotAllowed(f'the role of DATABASE_URL does not own the database {self.live}')
        if not rights.makes:
            raise NotAllowed('the role of DATABASE_URL has not the right CREATEDB')
        outside(self._address)

    def inherit(self, database: str) -> None:
        inherit(self._address, database)

    def exchange(self, *, beside: str, before: str) -> None:
        """``beside`` becomes the live database, and the live one is called ``before``.

        Raises StillInUse, after which everything is as it was."""
        address = outside(self._address)
        live = self.live
        with connected(address, isolation='READ COMMITTED',
                       statement_timeout=_LIMIT) as connection, \
                _ended(address, [live, beside]):
            quoted = connection.dialect.identifier_preparer.quote_identifier
            try:
                with connection.begin():
                    for name, new in ((live, before), (beside, live)):
                        connection.exec_driver_sql(
                            f'ALTER DATABASE {quoted(name)} RENAME TO {quoted(new)}')
            except DBAPIError as error:
                if getattr(error.orig, 'pgcode', None) != _IN_USE:
                    raise
                raise StillInUse(_told(connection, [live, beside])) from error

    def replaced(self) -> Mapping[str, datetime]:
        with connected(self._address()) as connection:
            names = connection.execute(_OWN).scalars().all()
        found = {name: replaced_at(self.live, name) for name in names}
        return {name: moment for name, moment in found.items() if moment is not None}


def outside(address: Address) -> str:
    """The address of another database of the same server. Raises NotAllowed."""
    with connected(address()) as connection:
        database = connection.execute(_OUTSIDE).scalar()
    if database is None:
        raise NotAllowed('there is no database “postgres” from which others can be renamed')
    return plain_url(address(), database).render_as_string(hide_password=False)


@contextmanager
def _ended(address: str, databases: Sequence[str]) -> Iterator[None]:
    """Ends the connections to these databases again and again until the context is left."""
    done = Event()

    def end() -> None:
        with suppress(DomainError), connected(address) as connection:
            while not done.is_set():
                for database in databases:
                    connection.execute(_END, {'database': database}).all()
                done.wait(_AGAIN)

    thread = Thread(target=end, name='end connections')
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _told(connection: Connection, databases: Sequence[str]) -> str:
    visitors = [
        f'{row.number} of {row.name}' for database in databases
        for row in connection.execute(_VISITORS, {'database': database})
    ]
    return f'connections that this role cannot end: {", ".join(visitors) or "gone by now"}'
