"""OpenAPI 3.1 from the declarations that validate and guard: nothing is said twice."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.http import HTTP_STATUS_CODES

from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import DomainError
from talelio_backend.shared.presentation.declaration import Declaration
from talelio_backend.shared.presentation.lists import ListQuery, SortOptionsView
from talelio_backend.shared.presentation.operations import Operation, operations, problems_of
from talelio_backend.shared.presentation.problems import MEDIA_TYPE, status_of

HTML = 'text/html'
_SCHEMAS = '#/components/schemas/{model}'
_KINDS: dict[str | None, dict[str, Any]] = {
    'uuid': {
        'type': 'string',
        'format': 'uuid'
    },
    'int': {
        'type': 'integer'
    }
}
_PROBLEM: dict[str, Any] = {
    'type': 'object',
    'required': ['type', 'title', 'status', 'detail', 'code'],
    'properties': {
        **{
            name: {
                'type': 'string'
            }
            for name in ('type', 'title', 'detail', 'code')
        }, 'status': {
            'type': 'integer'
        },
        'request_id': {
            'type': ['string', 'null']
        },
        'errors': {
            'type': 'array',
            'items': {
                'type': 'object',
                'required': ['pointer', 'code', 'detail'],
                'properties': {
                    name: {
                        'type': 'string'
                    }
                    for name in ('pointer', 'code', 'detail')
                }
            }
        }
    }
}


def describe(app: Flask, *, title: str, version: str, server: str) -> dict[str, Any]:
    """The OpenAPI document of the application."""
    every = list(operations(app))
    schemas = _Schemas(every)
    paths: dict[str, Any] = {}
    for operation in every:
        paths.setdefault(operation.path, {})[operation.verb] = _operation(operation, schemas)
    return {
        'openapi': '3.1.0',
        'info': {
            'title': title,
            'version': version
        },
        'servers': [{
            'url': server
        }],
        'paths': paths,
        'components': {
            'schemas': {
                **schemas.definitions, 'Problem': _PROBLEM
            },
            'securitySchemes': {
                'bearer': {
                    'type': 'http',
                    'scheme': 'bearer',
                    'bearerFormat': 'JWT'
                }
            },
        },
    }


class _Schemas:
    """The JSON Schemas of all bodies and responses, each defined once."""

    def __init__(self, every: Iterable[Operation]) -> None:
        wanted: dict[tuple[type[BaseModel], Any], None] = {}
        for operation in every:
            declared = operation.declaration
            if declared.body is not None:
                wanted[(declared.body, 'validation')] = None
            if declared.query is not None:
                wanted[(declared.query, 'validation')] = None
            if declared.response is not None:
                wanted[(declared.response, 'serialization')] = None
        wanted[(SortOptionsView, 'serialization')] = None
        self._references, document = models_json_schema(list(wanted), ref_template=_SCHEMAS)
        self.definitions: dict[str, Any] = document.get('$defs', {})

    def reference(self, schema: type[BaseModel], mode: Any) -> dict[str, Any]:
        return self._references[(schema, mode)]

    def properties(self, schema: type[BaseModel]) -> dict[str, Any]:
        reference = self._references[(schema, 'validation')]['$ref']
        found: dict[str, Any] = self.definitions[reference.rpartition('/')[2]]['properties']
        return found


def _operation(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    declared = operation.declaration
    content: dict[str, Any] = {
        'operationId':
        _name(operation),
        'summary':
        declared.summary,
        'tags': [operation.area],
        'x-access-level':
        'credentials' if declared.credentials else declared.access.name.lower(),
        'parameters':
        list(_parameters(operation, schemas)),
        'responses':
        _responses(operation, schemas),
        'security': [{
            'bearer': []
        }] if declared.access >= Level.MEMBER or declared.credentials else [{}, {
            'bearer': []
        }],
    }
    body = _request_body(declared, schemas)
    if body is not None:
        content['requestBody'] = body
    return content


def _name(operation: Operation) -> str:
    return re.sub(r'\W+', '_', f'{operation.verb} {operation.path.removeprefix("/v1")}').strip('_')


def _parameters(operation: Operation, schemas: _Schemas) -> Iterator[dict[str, Any]]:
    declared = operation.declaration
    for name, kind in operation.variables:
        yield {
            'name': name,
            'in': 'path',
            'required': True,
            'schema': _KINDS.get(kind, {'type': 'string'})
        }
    if declared.query is not None:
        for name, schema in schemas.properties(declared.query).items():
            yield {'name': name, 'in': 'query', 'required': False, 'schema': _not_null(schema)}
    if declared.if_match != 'no':
        yield _header('If-Match', required=declared.if_match == 'required')
    if declared.idempotent:
        yield _header('Idempotency-Key', required=declared.key_required)


def _header(name: str, *, required: bool) -> dict[str, Any]:
    return {'name': name, 'in': 'header', 'required': required, 'schema': {'type': 'string'}}


def _not_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query parameter is there or not; it cannot be null, though the field behind it can."""
    options = [option for option in schema.get('anyOf', ()) if option.get('type') != 'null']
    kept = {name: value for name, value in schema.items() if name not in ('anyOf', 'default')}
    if not options:
        return kept
    return kept | (options[0] if len(options) == 1 else {'anyOf': options})


def _request_body(declared: Declaration, schemas: _Schemas) -> dict[str, Any] | None:
    if declared.body is not None:
        schema = schemas.reference(declared.body, 'validation')
    elif declared.consumes.startswith('multipart/'):
        schema = {
            'type': 'object',
            'additionalProperties': {
                'type': 'string',
                'contentMediaType': 'application/octet-stream'
            }
        }
    else:
        return None
    return {
        'required': not declared.body_optional,
        'content': {
            declared.consumes: {
                'schema': schema
            },
            **{
                file_type: {
                    'schema': {
                        'type': 'string',
                        'contentMediaType': file_type
                    }
                }
                for file_type in declared.file_types
            }
        }
    }


def _responses(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    declared = operation.declaration
    responses: dict[str, Any] = {str(declared.status): _success(declared, schemas)}
    for status, meaning in declared.other_statuses.items():
        responses[str(status)] = {'description': meaning}
        if status < 300 and status != 204:
            responses[str(status)]['content'] = _success(declared, schemas).get('content', {})
    if operation.verb == 'get' and declared.status == 200:
        responses['304'] = {'description': 'The caller has this representation already.'}
    by_status: dict[int, list[type[DomainError]]] = {}
    for error in problems_of(operation):
        by_status.setdefault(status_of(error), []).append(error)
    for status, errors in sorted(by_status.items()):
        responses[str(status)] = _refusal(status, errors)
        if declared.produces == HTML:
            # A page for a person tells its refusals as a page too.
            responses[str(status)]['content'][HTML] = {'schema': {'type': 'string'}}
    return responses


def _refusal(status: int, errors: list[type[DomainError]]) -> dict[str, Any]:
    examples = {error.code: {'value': _example(error, status)} for error in errors}
    return {
        'description': ' / '.join(f'`{error.code}`' for error in errors),
        'content': {
            MEDIA_TYPE: {
                'schema': {
                    '$ref': '#/components/schemas/Problem'
                },
                'examples': examples
            }
        }
    }


def _example(error: type[DomainError], status: int) -> dict[str, Any]:
    return {
        'type': f'/problems/{error.code}',
        'title': HTTP_STATUS_CODES[status],
        'status': status,
        'detail': error.title,
        'code': error.code,
        'request_id': '0190c5a2f7c17a2e'
    }


def _success(declared: Declaration, schemas: _Schemas) -> dict[str, Any]:
    response: dict[str, Any] = {'description': declared.summary}
    if declared.response is not None:
        schema = schemas.reference(declared.response, 'serialization')
        if declared.query is not None and issubclass(declared.query, ListQuery):
            schema = {'anyOf': [schema, schemas.reference(SortOptionsView, 'serialization')]}
        response['content'] = {declared.produces: {'schema': schema}}
    elif declared.produces != 'application/json':
        response['content'] = {declared.produces: {'schema': {'type': 'string'}}}
    return response
