"""Migrations, under an advisory lock: of ten that start at once one works and nine wait."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

_LOCK = 7226501841  # any number of our own, the same in every version
_ROOT = Path(__file__).parents[3]


class Schema:

    def __init__(self, engine: Engine, root: Path = _ROOT) -> None:
        self._engine = engine
        self._root = root

    def head(self) -> str | None:
        """The revision that this code knows as the newest."""
        return ScriptDirectory.from_config(self._config(None)).get_current_head()

    def present(self) -> str | None:
        """The revision of the database, None for an empty one."""
        with self._engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def pending(self) -> list[str]:
        """What an upgrade would run, oldest first, a line each. Raises CommandError when the
        database is at a revision that this code does not know."""
        scripts = ScriptDirectory.from_config(self._config(None))
        try:
            waiting = list(scripts.iterate_revisions('head', self.present() or 'base'))
        except RevisionError as error:
            raise CommandError(str(error)) from error
        return [f'{script.revision} {script.doc}' for script in reversed(waiting)]

    def upgrade(self, revision: str = 'head') -> None:
        self._locked(lambda config: command.upgrade(config, revision))

    def downgrade(self, revision: str) -> None:
        self._locked(lambda config: command.downgrade(config, revision))

    def autogenerate(self, message: str) -> None:
        """Writes a revision for what the tables of the code have and the database has not."""
        self._locked(lambda config: command.revision(config, message, autogenerate=True))

    def check(self) -> None:
        """Raises alembic's CommandError when the code's tables differ from the database's."""
        self._locked(command.check)

    def _locked(self, run: Callable[[Config], object]) -> None:
        with self._lock() as connection:
            run(self._config(connection))
            connection.commit()

    @contextmanager
    def _lock(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            # A migration may take long; only the wait for somebody else's table lock stays short.
            connection.execute(text('SET statement_timeout = 0'))
            connection.execute(text('SET idle_in_transaction_session_timeout = 0'))
            connection.execute(text('SET lock_timeout = 0'))
            connection.execute(text(f'SELECT pg_advisory_lock({_LOCK})'))
            connection.execute(text("SET lock_timeout = '10s'"))
            connection.commit()
            try:
                yield connection
            finally:
                connection.rollback()
                connection.execute(text(f'SELECT pg_advisory_unlock({_LOCK})'))
                connection.commit()
                # Its settings are not the pool's: nobody else may get this connection.
                connection.invalidate()

    def _config(self, connection: Connection | None) -> Config:
        config = Config(self._root / 'alembic.ini')
        config.attributes['connection'] = connection
        return config
