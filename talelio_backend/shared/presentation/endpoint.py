"""How a resource declares an endpoint. The declaration is all there is: it validates, it guards,
and the OpenAPI document is made from it."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from types import NoneType
from typing import Any, cast, get_args, get_type_hints

from flask import Request, Response
from flask.globals import request_ctx
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
from talelio_backend.shared.services.idempotency import RequestKey


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request, checked. ``expected_version`` is the version that If-Match names, None where
    the caller does not care. ``request_key`` is its Idempotency-Key, where it has one."""

    caller: Caller
    expected_version: int | None
    request_key: RequestKey | None

    @property
    def public_url(self) -> str:
        return edge().public_url

    @property
    def path_with_query(self) -> str:
        return request_ctx.request.full_path.rstrip('?')


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
        defaults = {'idempotent': status == 201}
        declaration = Declaration(access=access,
                                  summary=summary,
                                  response=response,
                                  status=status,
                                  errors=errors,
                                  body=_schema(hints.get('body')),
                                  query=hints.get('query'),
                                  **defaults | options)
        return _view(method, declaration, wants_call='call' in hints)

    return declare


def _view(method: Method, declaration: Declaration, *, wants_call: bool) -> View:
    """What the web calls in the method's place."""

    @functools.wraps(method)
    def view(resource: Any, **path: Any) -> Response:
        request, who = request_ctx.request, caller()
        inputs = _checked(declaration, request, who, path)
        key = _key(declaration, who)

        def answer(version: int | None) -> Response:
            if wants_call:
                inputs['call'] = Call(caller=who, expected_version=version, request_key=key)
            return finish(method(resource, **inputs), declaration, request, who)

        def carry_out() -> Response:
            if declaration.if_match == 'no':
                return answer(None)
            return conditional.if_match(declaration, answer)

        return carry_out() if key is None else idempotency.once(key, carry_out)

    view.__dict__['declaration'] = declaration
    return view


def _schema(hint: Any) -> Any:
    """Of a body that may be a file instead."""
    return next((one for one in get_args(hint) if one is not NoneType), hint)


def declaration_of(view: Any) -> Declaration | None:
    return cast(Declaration | None, getattr(view, 'declaration', None))


def _key(declaration: Declaration, who: Caller) -> RequestKey | None:
    if not declaration.idempotent:
        return None
    return idempotency.read_key(who, required=declaration.key_required)


def _checked(declaration: Declaration, request: Request, who: Caller,
             path: dict[str, Any]) -> dict[str, Any]:
    """What the method reads, of a caller who may call it. Raises what ``declaration`` refuses."""
    check_access(declaration, who, request.method)
    if '\0' in request.path and not declaration.any_path:
        raise PathNotFound()  # PostgreSQL's text has no U+0000
    if declaration.guard is not None:
        declaration.guard(who, path)
    request.max_content_length = declaration.max_body
    if path and request.method not in ('GET', 'HEAD'):
        reading.check_no_other_id(declaration)
    if declaration.query is not None:
        path['query'] = reading.read_query(declaration.query)
    if declaration.body is not None:
        file = request.mimetype in declaration.file_types
        path['body'] = None if file else reading.read_body(declaration)
    return path
