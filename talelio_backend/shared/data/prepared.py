import itertools
import re
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, Dialect, Engine, exc
from sqlalchemy.sql import ClauseElement
from sqlalchemy.types import NullType

_PLACEHOLDER = re.compile(r'%\((\w+)\)s|%%')
_NO_SUCH_STATEMENT = '26000'  # SQLSTATE invalid_sql_statement_name
_numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class _Texts:
    """``processors`` turn the values of parameters into what the driver takes, by name, where it
    does not take them as they are."""

    prepare: str
    execute: str
    processors: Mapping[str, Callable[[Any], Any]]

    def values(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        values = dict(parameters)
        for name, process in self.processors.items():
            values[name] = process(values[name])
        return values


class Prepared:
    """A statement that is compiled once, and planned once on each connection (``PREPARE``).

    For what is read often and has the same best plan for all values: of a read by key, planning
    is most of PostgreSQL's work. Values that stand in the statement become literals, so that the
    plan may rely on them; named parameters are bound.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._name = f'talelio_{next(_numbers)}'
        self._texts: _Texts | None = None
        self._make_row: Callable[[Sequence[Any]], Any] | None = None

    def run_bare(self, engine: Engine, parameters: Mapping[str, Any]) -> Sequence[Any] | None:
        """Every row, by the pool and the driver alone, which costs half. None where that cannot
        be: the statement is not planned on that connection yet, or failed (``run`` repeats the
        read, and says what is wrong and whether the connection is dead), or somebody listens to
        the statements of ``engine``, like a tracer or a test, and wants to see all."""
        texts = self._texts
        if texts is None or engine.dispatch.before_cursor_execute:
            return None
        values = texts.values(parameters)
        try:
            pooled = engine.raw_connection()
            try:
                if self._name not in pooled.info.get('prepared', ()):
                    return None
                cursor = pooled.cursor()
                cursor.execute(texts.execute, values)
                if self._make_row is None:
                    self._make_row = _row_maker(cursor)
                rows = [self._make_row(row) for row in cursor.fetchall()]
                cursor.close()
                return rows
            finally:
                pooled.close()
        except engine.dialect.loaded_dbapi.Error:
            return None

    def run(self, connection: Connection, parameters: Mapping[str, Any]) -> Sequence[Any]:
        """Every row. Raises what SQLAlchemy raises."""
        texts = self._texts
        if texts is None:
            texts = self._texts = _compiled(self._statement, self._name, connection.dialect)
        values = texts.values(parameters)
        prepared: set[str] = connection.info.setdefault('prepared', set())
        if self._name in prepared:
            try:
                return connection.exec_driver_sql(texts.execute, values).fetchall()
            except exc.DBAPIError as error:
                # A pooler in between may give us another of its connections each time.
                if getattr(error.orig, 'pgcode', None) != _NO_SUCH_STATEMENT:
                    raise
        connection.exec_driver_sql(texts.prepare, execution_options={'no_parameters': True})
        prepared.add(self._name)
        return connection.exec_driver_sql(texts.execute, values).fetchall()


def _row_maker(cursor: Any) -> Callable[[Sequence[Any]], Any]:
    names = [str(column[0]) for column in cursor.description]
    make: Any = namedtuple
    kind = make('Row', names)
    maker: Callable[[Sequence[Any]], Any] = kind._make
    return maker


def _compiled(statement: ClauseElement, name: str, dialect: Dialect) -> _Texts:
    compiled: Any = statement.compile(dialect=dialect)
    bound = {key: bind for key, bind in compiled.binds.items() if bind.required}
    places = {key: f'${number}' for number, key in enumerate(bound, start=1)}

    def written(match: re.Match[str]) -> str:
        if match[1] is None:
            return '%'
        return places.get(match[1]) or _literal(compiled.binds[match[1]], dialect)

    types = ', '.join(_type_name(bind, dialect) for bind in bound.values())
    values = ', '.join(f'%({key})s' for key in bound)
    return _Texts(prepare=f'PREPARE {name}{_listed(types)} AS ' +
                  _PLACEHOLDER.sub(written, compiled.string),
                  execute=f'EXECUTE {name}{_listed(values)}',
                  processors={
                      key: process
                      for key, bind in bound.items() if (process := _processor(bind, dialect))
                  })


def _listed(items: str) -> str:
    return f' ({items})' if items else ''


def _literal(bind: BindParameter[Any], dialect: Dialect) -> str:
    write = bind.type.dialect_impl(dialect).literal_processor(dialect)
    if write is None:
        raise TypeError(f'{bind.type!r} cannot be written into a prepared statement')
    # The dialect doubles them for a driver that would fill this text in.
    return write(bind.value).replace('%%', '%')


def _type_name(bind: BindParameter[Any], dialect: Dialect) -> str:
    if isinstance(bind.type, NullType):
        return 'unknown'
    return str(dialect.type_compiler_instance.process(bind.type))


def _processor(bind: BindParameter[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    return bind.type.dialect_impl(dialect).bind_processor(dialect)
