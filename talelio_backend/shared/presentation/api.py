from collections.abc import Callable, Sequence
from typing import Any

import flask_restful
from flask import Flask, Response
from flask.globals import request_ctx
from flask.views import http_method_funcs
from werkzeug.exceptions import HTTPException

from talelio_backend.shared.domain.errors import DatabaseUnavailable, DomainError, Restoring
from talelio_backend.shared.presentation import problems
from talelio_backend.shared.presentation.endpoint import declaration_of
from talelio_backend.shared.presentation.route import Route

VERBS = ('get', 'post', 'put', 'patch', 'delete')
_METHODS = {verb.upper(): verb for verb in http_method_funcs} | {'HEAD': 'get'}


class UndeclaredEndpoint(TypeError):
    """A resource method that nobody declared; the start-up stops on it."""


class Api(flask_restful.Api):  # type: ignore[misc]  # Flask-RESTful brings no types
    """Flask-RESTful's routing without its error handling, which swallows Flask's own."""

    def error_router(self, original_handler: Any, e: Exception) -> Any:
        return original_handler(e)

    def output(self, resource: Any) -> Any:
        """Endpoints answer responses; there is nothing to represent."""
        return resource


class Resource(flask_restful.Resource):  # type: ignore[misc]
    """What has an address. Made once, with the services that its methods call; each of these
    declares an ``endpoint``."""

    init_every_request = False

    def dispatch_request(self, *args: Any, **kwargs: Any) -> Response:
        method = _METHODS[request_ctx.request.method]
        response: Response = getattr(self, method)(*args, **kwargs)
        return response


def add_routes(app: Flask, routes: Sequence[Route]) -> None:
    """Registers the resources. Raises UndeclaredEndpoint: an endpoint without a declared access
    level must not exist."""
    api = Api(app)
    for number, route in enumerate(routes):
        for verb in http_method_funcs:
            method = getattr(route.resource, verb, None)
            if method is not None and declaration_of(method) is None:
                raise UndeclaredEndpoint(f'{route.resource.__qualname__}.{verb}')
        api.add_resource(route.resource,
                         route.rule,
                         endpoint=f'{number}:{route.rule}',
                         resource_class_kwargs=dict(route.arguments))


def answer_errors(app: Flask, *, restoring: Callable[[], bool] = lambda: False) -> None:
    """Every error leaves as a problem. ``restoring`` is asked when the database does not answer:
    whether it is being exchanged for a backup."""

    def on_silent_database(error: DatabaseUnavailable) -> Response:
        return problems.respond(Restoring() if restoring() else error)

    app.register_error_handler(DatabaseUnavailable, on_silent_database)
    app.register_error_handler(DomainError, problems.respond)
    app.register_error_handler(HTTPException, problems.on_http_error)
    app.register_error_handler(Exception, problems.on_crash)
