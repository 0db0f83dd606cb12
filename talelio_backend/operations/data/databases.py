import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from talelio_backend.operations.data.connections import Address, connected, plain_url
from talelio_backend.operations.data.contents import contents_of
from talelio_backend.operations.domain.restore_errors import NotAllowed
from talelio_backend.operations.services.ports import Contents
from talelio_backend.shared.domain.errors import DatabaseUnavailable

# Bytes; a name has 63 at most (PostgreSQL manual, "Identifiers and Key Words").
_LONGEST_KEPT = 40
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
_NOT_PERMITTED = '42501'
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
            self._make(
                connection, f'CREATE DATABASE {_quoted(connection, database)} TEMPLATE template0 '
                f'ENCODING {_literal(place.encoding)} '
                f'LOCALE_PROVIDER {_PROVIDERS[place.datlocprovider]} '
                f'LC_COLLATE {_literal(place.datcollate)} LC_CTYPE {_literal(place.datctype)} '
                f'{locale}')

    @staticmethod
    def _make(connection: Connection, statement: str) -> None:
        try:
            connection.exec_driver_sql(statement)
        except DBAPIError as error:
            if getattr(error.orig, 'pgcode', None) != _NOT_PERMITTED:
                raise
            raise NotAllowed('the role of DATABASE_URL has not the right CREATEDB') from error

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
        if len(live.encode()) > _LONGEST_KEPT:
            live = live[:16] + sha256(live.encode()).hexdigest()[:16]
        return f'{live}_{purpose}_'

    def _beside(self, beginning: str) -> Sequence[str]:
        """Ours alone: another installation's may begin with the same words."""
        ours = re.compile(re.escape(beginning) + r'[0-9a-f]{8}')
        with connected(self._address()) as connection:
            found = connection.execute(_BESIDE, {'beginning': beginning}).scalars()
            return [name for name in found if ours.fullmatch(name)]


def _quoted(connection: Connection, identifier: str) -> str:
    # For exec_driver_sql, which takes the statement as it is.
    return connection.dialect.identifier_preparer.quote_identifier(identifier)


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''").replace('%', '%%') + "'"
