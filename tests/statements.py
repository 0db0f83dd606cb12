"""Counts and keeps the SQL statements that a house sends."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from talelio_backend.bootstrap import House


@contextmanager
def recorded(house: House) -> Iterator[list[tuple[str, Any]]]:
    """The statements with their parameters that are sent inside, oldest first."""
    sent: list[tuple[str, Any]] = []
    engines = (house.kernel.engine, house.read_engine)

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any,
             _many: bool) -> None:
        sent.append((statement, parameters))

    for engine in engines:
        event.listen(engine, 'before_cursor_execute', note)
    try:
        yield sent
    finally:
        for engine in engines:
            event.remove(engine, 'before_cursor_execute', note)
