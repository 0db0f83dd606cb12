import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from talelio_backend.operations.data.connections import Address, connected, plain_url
from talelio_backend.operations.data.contents import contents_of
from talelio_backend.operations.services.ports import Contents
from talelio_backend.shared.domain.errors import DatabaseUnavailable

_LONGEST_NAME = 63  # bytes of an identifier (PostgreSQL manual, "Identifiers and Key Words")
# The column of the locale was renamed in 17.
_LIKE_LIVE = text('''
    SELECT pg_encoding_to_char(encoding) AS encoding, datcollate, datctype, datlocprovider,
           coalesce(to_jsonb(db) ->> 'datlocale', to_jsonb(db) ->> 'daticulocale') AS locale
    FROM pg_database AS db WHERE datname = current_database()
''')
_BESIDE = text('SELECT datname FROM pg_database WHERE starts_with(datname, :beginning)')
_UNVALIDATED = text('''
    SELECT conname, conrelid::regclass::text AS place FROM pg_constraint
    WHERE NOT convalidated AND conrelid <> 0
    ORDER BY conname
''')
_INVALID_INDEXES = text('''
    SELECT indexrelid::regclass::text FROM pg_index
    WHERE NOT (indisvalid AND indisready AND indislive)
    ORDER BY 1
''')
_PROVIDERS = {'i': 'icu', 'b': 'builtin', 'c': 'libc'}
_LOCALES = {'i': 'ICU_LOCALE', 'b': 'BUILTIN_LOCALE'}


class SiblingDatabases:
    """Databases that the application's own role makes; it needs the right CREATEDB."""

    def __init__(self, address: Address) -> None:
        self._address = address

    def create(self, database: str) -> None:
        with connected(self._address()) as connection:
            place = connection.execute(_LIKE_LIVE).one()
            locale = ''
            if place.datlocprovider in _LOCALES and place.locale:
                locale = f'{_LOCALES[place.datlocprovider]} {_literal(place.locale)}'
            connection.exec_driver_sql(
                f'CREATE DATABASE {_quoted(connection, database)} TEMPLATE template0 '
                f'ENCODING {_literal(place.encoding)} '
                f'LOCALE_PROVIDER {_PROVIDERS[place.datlocprovider]} '
                f'LC_COLLATE {_literal(place.datcollate)} LC_CTYPE {_literal(place.datctype)} '
                f'{locale}')

    def drop(self, database: str) -> None:
        with connected(self._address()) as connection:
            connection.exec_driver_sql(
                f'DROP DATABASE IF EXISTS {_quoted(connection, database)} WITH (FORCE)')

    @contextmanager
    def scratch(self, purpose: str) -> Iterator[str]:
        beginning = self._beginning(purpose)
        for left_behind in self._beside(beginning):
            self.drop(left_behind)
        database = beginning + secrets.token_hex(4)
        try:
            self.create(database)
            yield database
        finally:
            # A server that is gone cannot be tidied up; the next of this purpose does it.
            with suppress(DatabaseUnavailable):
                self.drop(database)

    def contents(self, database: str) -> Contents:
        with connected(self._address(), database=database) as connection:
            return contents_of(connection)

    def faults(self, database: str) -> Sequence[str]:
        with connected(self._address(), database=database) as connection:
            found = list(connection.execute(_INVALID_INDEXES).scalars())
            for name, place in connection.execute(_UNVALIDATED).all():
                try:
                    connection.exec_driver_sql(f'ALTER TABLE {place.replace("%", "%%")} '
                                               f'VALIDATE CONSTRAINT {_quoted(connection, name)}')
                except DBAPIError as error:
                    if error.connection_invalidated:
                        raise
                    found.append(name)
            return found

    def _beginning(self, purpose: str) -> str:
        live = plain_url(self._address()).database or ''
        return f'{live[:_LONGEST_NAME - len(purpose) - 10]}_{purpose}_'

    def _beside(self, beginning: str) -> Sequence[str]:
        with connected(self._address()) as connection:
            return list(connection.execute(_BESIDE, {'beginning': beginning}).scalars())


def _quoted(connection: Connection, identifier: str) -> str:
    # For exec_driver_sql, which takes the statement as it is.
    return connection.dialect.identifier_preparer.quote_identifier(identifier)


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''").replace('%', '%%') + "'"
