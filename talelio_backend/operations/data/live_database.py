"""Questions to the live database that concern all of it."""

from collections.abc import Sequence, Set
from datetime import timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from talelio_backend.operations.data.connections import Address, connected

_UPTIME = text('SELECT clock_timestamp() - pg_postmaster_start_time()')
log = structlog.get_logger('talelio.backup')


class SqlLiveServer:

    def __init__(self, address: Address) -> None:
        self._address = address

    def uptime(self) -> timedelta:
        with connected(self._address()) as connection:
            found: timedelta = connection.execute(_UPTIME).scalar_one()
            return found


class SqlMediaNames:
    """``statements`` give the keys, each of one area's files."""

    def __init__(self, address: Address, statements: Sequence[str]) -> None:
        self._address = address
        self._statements = [text(statement) for statement in statements]

    def all(self) -> Set[str] | None:
        found: set[str] = set()
        with connected(self._address()) as connection:
            try:
                for statement in self._statements:
                    found.update(connection.execute(statement).scalars())
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise
                log.warning('media_not_counted', reason='the schema is not the code\'s')
                return None
        return found
