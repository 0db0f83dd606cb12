import hashlib
from typing import Any

from sqlalchemy import ClauseElement, ColumnElement, Text, cast, func, literal_column
from sqlalchemy.dialects import postgresql


def rfc3339(column: ColumnElement[Any]) -> ColumnElement[str]:
    """A time as the API writes it, with microseconds; NULL stays NULL. Sessions run in UTC."""
    return func.to_char(column, literal_column("'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'"), type_=Text)


def json_object(**members: Any) -> ColumnElement[Any]:
    """``json_build_object`` with these members, in this order."""
    arguments: list[Any] = []
    for name, value in members.items():
        arguments += [literal_column(f"'{name}'"), value]
    return func.json_build_object(*arguments)


def as_text(column: ColumnElement[Any]) -> ColumnElement[str]:
    return cast(column, Text)


def fingerprint(statement: ClauseElement) -> str:
    """Changes with the statement. Part of an ETag, since another release may make another
    document of the same rows."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    text = str(statement.compile(dialect=dialect))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
