"""Connections that follow a password which is changed while the process runs."""

from typing import Any

import structlog
from sqlalchemy import Engine, event

from talelio_backend.shared.data.database import psycopg2_url
from talelio_backend.shared.data.secrets_manager import DatabaseAddress

log = structlog.get_logger('talelio.database')


def follow_rotation(engine: Engine, address: DatabaseAddress) -> None:
    """New connections of ``engine`` go where ``address`` points now. One whose password is
    refused asks for the newest address once, and connects there."""
    if not address.changes:
        return

    @event.listens_for(engine, 'do_connect')
    def connect(dialect: Any, _record: Any, arguments: Any, options: dict[str, Any]) -> Any:
        url = address.current()
        try:
            return dialect.connect(*arguments, **options | _login(dialect, url))
        except dialect.loaded_dbapi.OperationalError as error:
            newest = address.current(newest=True) if _password_refused(error) else url
            if newest == url:
                raise
            log.info('database_password_rotated')
            return dialect.connect(*arguments, **options | _login(dialect, newest))


def _login(dialect: Any, url: str) -> dict[str, Any]:
    _arguments, options = dialect.create_connect_args(psycopg2_url(url))
    return dict(options)


def _password_refused(error: Exception) -> bool:
    # libpq gives no SQLSTATE for a connection that did not come about; it gives the server's text.
    return 'password authentication failed' in str(error)
