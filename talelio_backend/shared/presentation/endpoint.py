"""How a resource declares an endpoint. The declaration is all there is: it validates, it guards,
and the OpenAPI document is made from it."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_type_hints

from flask import Response, request
from pydantic import BaseModel

from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import DomainError
from talelio_backend.shared.presentation import conditional, idempotency, reading
from talelio_backend.shared.presentation.answers import Answer, finish
from talelio_backend.shared.presentation.declaration import Declaration
from talelio_backend.shared.presentation.edge import caller, edge
from talelio_backend.shared.presentation.guard import check_access
from talelio_backend.shared.presentation.problems import PathNotFound
from talelio_backend.shared.services.authentication import Caller


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request, checked. ``expected_version`` is the version that If-Match names, None where
    the caller does not care."""

    caller: Caller
    expected_version: int | None

    @property
    def public_url(self) -> str:
        return edge().public_url

    @property
    def path_with_query(self) -> str:
        return request.full_path.rstrip('?')


Method = Callable[..., Answer]
View = Callable[..., Response]


def endpoint(*,
             access: Level,
             summary: str,
             response: type[BaseModel] | None = None,
             status: int = 200,
             errors: tuple[type[DomainError], ...] = (),
             **options: Any) -> Callable[[Method], View]:
    """Declares a resource method as an endpoint; ``options`` are the fields of ``Declaration``.

    The method's parameters say what it reads: ``body`` and ``query`` are annotated with schemas,
    ``call`` is the checked request, the others come from the path.
    """

    def declare(method: Method) -> View:
        hints = get_type_hints(method)
        declaration = Declaration(access=access,
                                  summary=summary,
                                  response=response,
                                  status=status,
                                  errors=errors,
                                  body=hints.get('body'),
                                  query=hints.get('query'),
                                  **({
                                      'idempotent': status == 201
                                  } | options))

        @functools.wraps(method)
        def view(resource: Any, **path: Any) -> Response:
            answer = functools.partial(method, resource)
            return _run(declaration, answer if 'call' in hints else _without_call(answer), path)

        view.__dict__['declaration'] = declaration
        return view

    return declare


def declaration_of(view: Any) -> Declaration | None:
    return cast(Declaration | None, getattr(view, 'declaration', None))


def _without_call(method: Method) -> Method:
    """A method that asks for nothing but the path is not told who calls."""
    return lambda call, **inputs: method(**inputs)


def _run(declaration: Declaration, method: Method, path: Mapping[str, Any]) -> Response:
    check_access(declaration, caller())
    if any('\0' in str(value) for value in path.values()):
        raise PathNotFound()  # PostgreSQL's text has no U+0000
    request.max_content_length = declaration.max_body
    inputs: dict[str, Any] = dict(path)
    if declaration.query is not None:
        inputs['query'] = reading.read_query(declaration.query)
    if declaration.body is not None:
        inputs['body'] = reading.read_body(declaration)
    call = Call(caller=caller(), expected_version=conditional.expected_version(declaration))
    if declaration.idempotent:
        return idempotency.once(caller(), lambda: finish(method(call=call, **inputs), declaration))
    with conditional.asking_for_if_match(declaration):
        return finish(method(call=call, **inputs), declaration)
