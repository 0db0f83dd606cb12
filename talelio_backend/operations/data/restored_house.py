from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, text

from talelio_backend.shared.data.failures import database_failures
from talelio_backend.shared.data.schema import Schema


@dataclass(frozen=True, kw_only=True)
class Built:
    """What is needed of a house that ``bootstrap`` built; ``close`` ends its connections."""

    engine: Engine
    on_restored: Sequence[Callable[[], None]]
    close: Callable[[], None]


class HouseBeside:
    """The whole house, built once more on another database of the server."""

    def __init__(self, build: Callable[[str], Built]) -> None:
        self._build = build

    def migrate(self, database: str) -> None:
        with self._built(database) as house, database_failures():
            Schema(house.engine).upgrade()

    def settle(self, database: str) -> None:
        with self._built(database) as house:
            for react in house.on_restored:
                react()

    @contextmanager
    def _built(self, database: str) -> Iterator[Built]:
        house = self._build(database)
        try:
            with database_failures(), house.engine.connect() as connection:
                there = connection.scalar(text('SELECT current_database()'))
            # However its address came about, none of this may happen to the live database.
            if there != database:
                raise AssertionError(f'{there} in place of {database}')
            yield house
        finally:
            house.close()
