"""Reads what was sent into schemas, and says in problems what is wrong with it."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, cast, get_args

from flask import g, request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, from_json

from talelio_backend.shared.domain.errors import Fault, Invalid
from talelio_backend.shared.presentation.declaration import Declaration
from talelio_backend.shared.presentation.problems import (BadRequest, BodyTooLarge,
                                                          MediaTypeNotSupported)

# Our names for pydantic's kinds of error; a schema's own kinds stand as they are.
_CODES = {
    'missing': 'required',
    'extra_forbidden': 'unknown_key',
    'string_too_long': 'too_long',
    'string_too_short': 'too_short',
    'too_long': 'too_many',
    'too_short': 'too_few',
    'literal_error': 'not_an_option',
    'enum': 'not_an_option',
    'greater_than_equal': 'too_small',
    'greater_than': 'too_small',
    'less_than_equal': 'too_large',
    'less_than': 'too_large',
    'string_pattern_mismatch': 'wrong_form',
    'value_error': 'wrong_form',
}
_LENGTHS = {
    'too_long': 'should have at most {max_length} characters',
    'too_short': 'should have at least {min_length} characters',
}
# How a parameter of these types is written; pydantic would also take `yes`, `1.0`, `+1`, ` 1`.
_PLAIN = {bool: re.compile('true|false'), int: re.compile('-?[0-9]+')}
_UNREADABLE = object()  # of no type that any schema has


def read_query(schema: type[BaseModel]) -> BaseModel:
    """Raises BadRequest, every faulty parameter named."""
    values: dict[str, Any] = {}
    arguments = request.args
    for name, many, forms in _parameters(schema):
        sent = arguments.getlist(name)
        if not sent:
            continue
        if any('\0' in value for value in sent):
            raise BadRequest(Fault(f'/{name}', 'control_character', 'holds a control character'))
        read = [
            value if all(form.fullmatch(value) for form in forms) else _UNREADABLE
            for value in sent
        ]
        values[name] = read if many else read[0]
    try:
        return schema.model_validate(values)
    except ValidationError as error:
        raise BadRequest(*map(_fault, error.errors(include_url=False))) from error


@cache
def _parameters(schema: type[BaseModel]) -> list[tuple[str, bool, list[re.Pattern[str]]]]:
    """Name, whether it may come several times, and the forms that each value has."""
    return [(info.alias or name, getattr(info.annotation, '__origin__', None)
             in (list, tuple), list(_forms_of(info.annotation)))
            for name, info in schema.model_fields.items()]


def _forms_of(annotation: Any) -> Iterator[re.Pattern[str]]:
    yield from (form for kind, form in _PLAIN.items() if annotation is kind)
    for part in get_args(annotation):
        yield from _forms_of(part)


def raw_body() -> bytes:
    """The whole body, read once. Raises BodyTooLarge, before reading where its length is told,
    and BadRequest where less came than was told."""
    if 'raw_body' not in g:
        g.raw_body = _read_whole(request.max_content_length or 0)
    return cast(bytes, g.raw_body)


def _read_whole(limit: int) -> bytes:
    if (request.content_length or 0) > limit:
        raise BodyTooLarge()
    # Werkzeug cuts a chunked body off at its limit and says nothing; a byte more tells.
    request.max_content_length = limit + 1
    raw = request.get_data()
    if len(raw) > limit:
        raise BodyTooLarge()
    check_whole(len(raw))
    return raw


def check_whole(received: int) -> None:
    """Raises BadRequest for a body that ended early: part of one may well look like a whole, and
    not every server says that the client is gone."""
    if received < (request.content_length or 0):
        raise BadRequest(Fault('', 'incomplete_body', 'less came than Content-Length says'))


def check_no_other_id(declaration: Declaration) -> None:
    """The path alone names what a call acts on. Raises Invalid for an ``id`` in the query, or in
    a body that the endpoint does not read: whoever sends one may mean another thing."""
    found = 'id' in request.args
    if not found and declaration.body is None and request.mimetype == 'application/json':
        try:
            content = from_json(raw_body())
        except ValueError:
            return
        found = isinstance(content, dict) and 'id' in content
    if found:
        raise Invalid(Fault('/id', 'unknown_key', 'the path alone names what is acted on'))


def read_body(declaration: Declaration) -> BaseModel:
    """Raises BodyTooLarge, MediaTypeNotSupported, BadRequest (not JSON), Invalid."""
    assert declaration.body is not None
    raw = raw_body()
    # A patch without a body is one without a change, and refused as such.
    absent = not raw and (declaration.body_optional or request.method == 'PATCH')
    if declaration.consumes != request.mimetype and not absent:
        raise MediaTypeNotSupported()
    return _validated(declaration.body, b'{}' if absent else raw)


def _validated(schema: type[BaseModel], raw: bytes) -> BaseModel:
    faults = _faults_of_nul(raw)
    try:
        body = schema.model_validate_json(raw)
    except ValidationError as error:
        details = error.errors(include_url=False)
        if any(detail['type'] == 'json_invalid' for detail in details):
            raise BadRequest(Fault('', 'malformed_json', 'the body is not JSON')) from error
        found = [_fault(detail) for detail in details]
        known = {(fault.pointer, fault.code) for fault in found}
        more = (fault for fault in faults if (fault.pointer, fault.code) not in known)
        raise Invalid(*found, *more) from error
    if faults:
        raise Invalid(*faults)
    return body


def _faults_of_nul(raw: bytes) -> list[Fault]:
    """PostgreSQL's text has no U+0000, so it is refused in every text and key."""
    if b'\\u0000' not in raw:
        return []
    try:
        content = from_json(raw)
    except ValueError:
        return []  # the validation says so
    return [
        Fault(pointer, 'control_character', 'U+0000 is not accepted in any text')
        for pointer in _holding_nul(content, '')
    ]


def _holding_nul(content: Any, pointer: str) -> Iterator[str]:
    if isinstance(content, str) and '\0' in content:
        yield pointer
    elif isinstance(content, list):
        for number, entry in enumerate(content):
            yield from _holding_nul(entry, pointer + _step(number))
    elif isinstance(content, dict):
        for key, value in content.items():
            if '\0' in key:
                yield pointer + _step(key)
            yield from _holding_nul(value, pointer + _step(key))


def _fault(detail: ErrorDetails) -> Fault:
    kind, message = detail['type'], detail['msg']
    code = _CODES.get(kind, 'wrong_type' if kind.endswith(('_type', '_parsing')) else kind)
    if kind in _LENGTHS and isinstance(detail['input'], str):
        # A bound behind a validator: pydantic counts "items" of whatever has a length.
        code, message = kind, _LENGTHS[kind].format_map(detail['ctx'])
    return Fault(''.join(map(_step, detail['loc'])), code, message)


def _step(name: str | int) -> str:
    return '/' + str(name).replace('~', '~0').replace('/', '~1')
