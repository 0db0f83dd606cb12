"""What PostgreSQL says of how it answers a statement."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Engine

Node = dict[str, Any]


def explained(engine: Engine, statement: str, parameters: Any) -> list[Node]:
    """The nodes of a statement's plan, which is carried out. One that is planned once must have a
    plan that is good for all values."""
    with engine.connect() as connection:
        connection.exec_driver_sql('SET plan_cache_mode = force_generic_plan')
        nodes = _nodes(connection, f'EXPLAIN (ANALYZE, FORMAT JSON) {statement}', parameters)
        connection.exec_driver_sql('RESET plan_cache_mode')
    return nodes


def planned(engine: Engine, statement: str, parameters: Any) -> list[Node]:
    """The nodes of a plan that is made for these values, and not carried out."""
    with engine.connect() as connection:
        return _nodes(connection, f'EXPLAIN (FORMAT JSON) {statement}', parameters)


def read_whole(nodes: Iterable[Node]) -> set[str]:
    """The tables that are read from end to end."""
    return {node['Relation Name'] for node in nodes if node['Node Type'] == 'Seq Scan'}


def _nodes(connection: Connection, explain: str, parameters: Any) -> list[Node]:
    found = connection.exec_driver_sql(explain, parameters).scalar_one()
    document = json.loads(found) if isinstance(found, str) else found
    return list(_flat(document[0]['Plan']))


def _flat(node: Node) -> Iterator[Node]:
    yield node
    for below in node.get('Plans', ()):
        yield from _flat(below)
