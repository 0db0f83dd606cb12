"""What an administrator told a database as a whole. A dump of its contents does not have it."""

import structlog
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from talelio_backend.operations.data.connections import Address, connected, plain_url

_OWN = text('''
    SELECT datconnlimit AS connections, datacl IS NOT NULL AS told,
           (SELECT setconfig FROM pg_db_role_setting
            WHERE setdatabase = database.oid AND setrole = 0) AS settings
    FROM pg_database AS database WHERE datname = :database
''')
# Role 0 is everybody.
_RIGHTS = text('''
    SELECT CASE WHEN given.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(role.rolname) END AS grantee,
           given.privilege_type AS privilege, given.is_grantable AS handed_on
    FROM pg_database AS database, aclexplode(database.datacl) AS given
    LEFT JOIN pg_roles AS role ON role.oid = given.grantee
    WHERE database.datname = :database AND given.grantee <> database.datdba
''')
_TAKE_OVER = text('SELECT set_config(:name, :value, false)')
log = structlog.get_logger('talelio.restore')


def inherit(address: Address, heir: str) -> None:
    """Gives the database ``heir`` the rights, settings and limit of connections of the live one.
    What this role may not give is left out with a warning: it was given by somebody mightier, who
    can give it again."""
    live = plain_url(address()).database
    with connected(address()) as connection:
        own = connection.execute(_OWN, {'database': live}).one()
        database = connection.dialect.identifier_preparer.quote_identifier(heir)
        statements = [f'ALTER DATABASE {database} CONNECTION LIMIT {own.connections}']
        if own.told:
            statements.append(f'REVOKE ALL ON DATABASE {database} FROM PUBLIC')
            for right in connection.execute(_RIGHTS, {'database': live}).all():
                also = ' WITH GRANT OPTION' if right.handed_on else ''
                # Names come from the catalogue, quoted.
                statements.append(f'GRANT {right.privilege} ON DATABASE {database} '
                                  f'TO {right.grantee.replace("%", "%%")}{also}')
        for statement in statements:
            _try(connection, statement)
        for setting in own.settings or ():
            name, _, value = setting.partition('=')
            _set(connection, database, name, value)


def _set(connection: Connection, database: str, name: str, value: str) -> None:
    # By way of the session: a list such as search_path must not be quoted as one word.
    try:
        connection.execute(_TAKE_OVER, {'name': name, 'value': value})
    except ProgrammingError:
        log.warning('setting_not_inherited', setting=name)
        return
    own = connection.dialect.identifier_preparer.quote_identifier(name)
    _try(connection, f'ALTER DATABASE {database} SET {own} FROM CURRENT')


def _try(connection: Connection, statement: str) -> None:
    try:
        connection.exec_driver_sql(statement)
    except ProgrammingError as error:
        log.warning('property_not_inherited', reason=str(error.orig))
