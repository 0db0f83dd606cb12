"""What the database and Redis say when they are down, in the domain's words."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError
from sqlalchemy import Engine, event, exc
from sqlalchemy.engine import ExceptionContext

from talelio_backend.shared.domain.errors import Busy, DatabaseUnavailable, SessionStoreUnavailable

# SQLSTATE classes and codes after which another try may succeed: lock not available, deadlock,
# serialization failure, statement timeout (PostgreSQL manual, appendix A).
_BUSY = {'55P03', '40P01', '40001', '57014'}


def hide_values(engine: Engine) -> None:
    """Cuts the errors of ``engine`` down to what happened. PostgreSQL adds the values of the row
    that it refuses (DETAIL, CONTEXT), and they would stand in the log of a crash."""

    @event.listens_for(engine, 'handle_error')
    def cut(context: ExceptionContext) -> None:
        original, wrapped = context.original_exception, context.sqlalchemy_exception
        primary = getattr(getattr(original, 'diag', None), 'message_primary', None)
        if primary is None:
            return  # not said by the server
        original.args = (primary, )
        if wrapped is not None:
            wrapped.args = (f'({type(original).__name__}) {primary}', )


@contextmanager
def database_failures() -> Iterator[None]:
    """Raises DatabaseUnavailable or Busy in place of the driver's errors."""
    try:
        yield
    except exc.TimeoutError as error:
        raise DatabaseUnavailable() from error
    except (exc.OperationalError, exc.InterfaceError, exc.InternalError) as error:
        if getattr(error.orig, 'pgcode', None) in _BUSY:
            raise Busy() from error
        raise DatabaseUnavailable() from error
    except exc.DBAPIError as error:
        # psycopg2 has no class for a connection that died in the middle of a statement.
        if error.connection_invalidated:
            raise DatabaseUnavailable() from error
        raise


@contextmanager
def redis_failures() -> Iterator[None]:
    """Raises SessionStoreUnavailable in place of the client's errors."""
    try:
        yield
    except (RedisConnectionError, RedisTimeoutError, RedisError, OSError) as error:
        raise SessionStoreUnavailable() from error
