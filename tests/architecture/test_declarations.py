"""What the code declares of itself is whole: events, errors, endpoints, schemas, constraints."""

import dataclasses
import string
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from flask import Flask
from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlalchemy import LargeBinary, UniqueConstraint

from talelio_backend.bootstrap import House, table_metadata
from talelio_backend.shared.data.unit_of_work import SqlUnitOfWork
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.errors import DomainError
from talelio_backend.shared.domain.events import Event, check_declared
from talelio_backend.shared.presentation.operations import Operation, operations
from talelio_backend.shared.presentation.problems import status_of
from talelio_backend.shared.presentation.schemas import Body, Query, View
from talelio_backend.shared.services.listing import BadQuery
from tests.architecture.source import ROOT, every, python_files

VALUES: tuple[Any, ...] = (None, '', 0, [], {}, 'x', True)
OWN_PAGES = ('/v1/', '/livez', '/readyz', '/version', '/problems/')

SENT: list[type[BaseModel]] = [*every(Body), *every(Query)]
EVENTS = [event for event in every(Event) if not event.__subclasses__()]


@pytest.mark.parametrize('event', EVENTS, ids=lambda event: event.__qualname__)
def test_event_declares_what_is_told_of_it(event: type[Event]) -> None:
    check_declared(event)
    assert dataclasses.is_dataclass(event)
    assert getattr(event, '__dataclass_params__').frozen
    if event.activity is None:
        return
    known = {field.name for field in dataclasses.fields(event)} | set(dir(event))
    for _, name, _, _ in string.Formatter().parse(event.activity):
        assert name is None or name.partition('.')[0].partition('[')[0] in known, event.activity


def test_no_two_events_have_one_action() -> None:
    actions = Counter(event.action for event in EVENTS if event.action is not None)
    assert not [action for action, number in actions.items() if number > 1]


def test_every_event_is_handed_to_the_house(house: House) -> None:
    handed = {event for area in house.areas for event in area.events}
    assert not [event for event in EVENTS if event not in handed]


@pytest.mark.parametrize('aggregate', every(Aggregate), ids=lambda one: one.__qualname__)
def test_aggregate_is_told_by_its_id(aggregate: type[Aggregate]) -> None:
    assert aggregate.__eq__ is Aggregate.__eq__ and aggregate.__hash__ is Aggregate.__hash__
    assert all(field.kw_only for field in dataclasses.fields(aggregate))
    assert '__slots__' not in vars(aggregate)


@pytest.mark.parametrize('error', every(DomainError), ids=lambda error: error.__qualname__)
def test_error_has_code_title_and_status(error: type[DomainError]) -> None:
    if error.__subclasses__() and 'code' not in vars(error):
        return  # a kind
    assert error.code and error.code == error.code.lower() and ' ' not in error.code
    assert error.title and error.title.endswith('.')
    assert 400 <= status_of(error) < 600


def test_code_is_declared_once() -> None:
    # BadQuery is BadRequest in a service's words.
    declared = Counter(error.code for error in every(DomainError)
                       if 'code' in vars(error) and error is not BadQuery)
    assert not [code for code, times in declared.items() if times > 1]


@cache
def every_test() -> str:
    return '\n'.join(file.read_text(encoding='utf-8') for file in python_files(ROOT / 'tests'))


def test_every_declared_error_is_provoked_by_a_test(app: Flask) -> None:
    codes = {error.code for operation in operations(app) for error in operation.declaration.errors}
    assert codes
    assert not [code for code in sorted(codes) if f"'{code}'" not in every_test()]


def test_every_route_is_declared_and_has_its_place(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert rule.rule.startswith(OWN_PAGES), rule
        assert rule.rule == rule.rule.rstrip('/'), rule


@pytest.mark.parametrize('kind', [Body, Query, View], ids=lambda kind: kind.__name__)
def test_schemas_forbid_or_ignore_as_their_kind_does(kind: type[BaseModel]) -> None:
    for schema in every(kind):
        assert schema.model_config.get('extra') == kind.model_config.get('extra'), schema
        assert schema.model_config.get('frozen'), schema


def test_operations_speak_in_schemas(app: Flask) -> None:
    for operation in operations(app):
        declared = operation.declaration
        assert declared.summary, operation
        assert declared.body is None or issubclass(declared.body, Body), operation.path
        assert declared.query is None or issubclass(declared.query, Query), operation.path
        assert declared.response is None or issubclass(declared.response, View), operation.path


def test_no_response_has_a_default() -> None:
    for schema in every(View):
        assert not [
            name for name, field in schema.model_fields.items() if not field.is_required()
        ], schema


def unbounded(schema: Any, where: str) -> Iterator[str]:
    """The places of a JSON schema that take a number which no column holds."""
    if not isinstance(schema, dict):
        return
    bounds = {'maximum', 'exclusiveMaximum', 'enum', 'const'}
    if schema.get('type') in ('integer', 'number') and not bounds & set(schema):
        yield where
    for option in [*schema.get('anyOf', ()), *schema.get('oneOf', ())]:
        yield from unbounded(option, where)
    yield from unbounded(schema.get('items'), f'{where}[]')
    yield from unbounded(schema.get('additionalProperties'), f'{where}{{}}')
    for name, inner in schema.get('properties', {}).items():
        yield from unbounded(inner, f'{where}.{name}')
    for name, inner in schema.get('$defs', {}).items():
        yield from unbounded(inner, name)


@pytest.mark.parametrize('schema', SENT, ids=lambda one: one.__qualname__)
def test_whatever_number_is_sent_is_bounded(schema: type[BaseModel]) -> None:
    assert not [*unbounded(schema.model_json_schema(), schema.__name__)]


@pytest.mark.parametrize('schema', SENT, ids=lambda one: one.__qualname__)
def test_any_value_is_accepted_or_refused(schema: type[BaseModel]) -> None:
    # A bound on a type that has no length raises TypeError, and only when such a value comes.
    adapter: TypeAdapter[Any] = TypeAdapter(schema)
    for name in schema.model_fields:
        for value in VALUES:
            with suppress(ValidationError):
                assert adapter.validate_python({name: value}) is not None


@pytest.mark.parametrize('unit', every(SqlUnitOfWork), ids=lambda unit: unit.__module__)
def test_constraints_of_a_unit_of_work_exist(unit: type[SqlUnitOfWork]) -> None:
    assert not set(unit.constraints) - set(names_of_constraints())


def constraints() -> list[Any]:
    return [
        one for table in table_metadata().tables.values()
        for one in [*table.constraints, *table.indexes]
    ]


def names_of_constraints() -> set[str]:
    return {str(one.name) for one in constraints()}


def test_every_constraint_has_a_name() -> None:
    assert 'None' not in names_of_constraints()


def test_what_is_unique_speaks_in_the_words_of_the_domain() -> None:
    translated = {name for unit in every(SqlUnitOfWork) for name in unit.constraints}
    for one in constraints():
        if not isinstance(one, UniqueConstraint) and not getattr(one, 'unique', False):
            continue
        # A digest of something random, or of the whole scope: nobody ever sees it taken.
        if not all(isinstance(column.type, LargeBinary) for column in one.columns):
            assert str(one.name) in translated, one


def named(operation: Operation) -> str:
    return f'{operation.verb} {operation.path}'


def test_no_two_endpoints_have_one_place(app: Flask) -> None:
    places = Counter(named(operation) for operation in operations(app))
    assert not [place for place, number in places.items() if number > 1]
