"""What a database holds, counted by whoever stands in it: the live one in its snapshot, a
restored one in the drill."""

from sqlalchemy import Connection, text

from talelio_backend.operations.services.ports import Contents

# Partitions are counted, what they are partitions of is not; an extension's tables are its own.
_TABLES = text('''
    SELECT schema.nspname, class.relname
    FROM pg_class AS class
    JOIN pg_namespace AS schema ON schema.oid = class.relnamespace
    WHERE class.relkind = 'r' AND class.relpersistence <> 't'
      AND schema.nspname <> 'information_schema' AND schema.nspname NOT LIKE 'pg\\_%'
      AND NOT EXISTS (SELECT FROM pg_depend AS owner
                      WHERE owner.classid = 'pg_class'::regclass AND owner.objid = class.oid
                        AND owner.deptype = 'e')
    ORDER BY schema.nspname, class.relname
''')
_REVISION = text('SELECT version_num FROM public.alembic_version')


def contents_of(connection: Connection) -> Contents:
    quoted = connection.dialect.identifier_preparer.quote_identifier
    tables = {}
    for schema, table in connection.execute(_TABLES).all():
        # The names come from the catalogue, quoted.
        count = f'SELECT count(*) FROM ONLY {quoted(schema)}.{quoted(table)}'
        tables[f'{schema}.{table}'] = int(connection.exec_driver_sql(count).scalar_one())
    return Contents(tables=tables,
                    alembic_revision=connection.execute(_REVISION).scalar()
                    if 'public.alembic_version' in tables else None)
