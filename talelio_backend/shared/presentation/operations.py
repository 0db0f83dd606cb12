"""Every declared endpoint of an application, and what each of them may refuse."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask

from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import (Busy, DatabaseUnavailable, DomainError, Invalid,
                                                  NotYours, VersionMismatch)
from talelio_backend.shared.presentation.api import VERBS
from talelio_backend.shared.presentation.application import COOKIE_ROUTES
from talelio_backend.shared.presentation.declaration import Declaration
from talelio_backend.shared.presentation.endpoint import declaration_of
from talelio_backend.shared.presentation.problems import (BadRequest, BodyTooLarge,
                                                          IdempotencyKeyRequired, IfMatchRequired,
                                                          MediaTypeNotSupported, OriginNotAllowed,
                                                          PathNotFound)
from talelio_backend.shared.services.authentication import (AccountBlocked, AssumedSession,
                                                            CredentialsRequired, EmailNotVerified,
                                                            TokenExpired, TokenInvalid)
from talelio_backend.shared.services.idempotency import (IdempotencyAnswerLost,
                                                         IdempotencyInProgress,
                                                         IdempotencyKeyReused)
from talelio_backend.shared.services.rate_limit import RateLimited

_VARIABLE = re.compile(r'<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>')


@dataclass(frozen=True, kw_only=True)
class Operation:
    path: str
    verb: str
    declaration: Declaration
    variables: tuple[tuple[str, str | None], ...]
    area: str


def operations(app: Flask) -> Iterator[Operation]:
    """Every declared endpoint of the application, in the order of the paths."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        resource = getattr(app.view_functions[rule.endpoint], 'view_class', None)
        for verb in VERBS:
            declaration = declaration_of(getattr(resource, verb, None))
            if resource is None or declaration is None:
                continue
            yield Operation(path=_VARIABLE.sub(lambda match: f"{{{match['name']}}}", rule.rule),
                            verb=verb,
                            declaration=declaration,
                            variables=tuple((match['name'], match['kind'])
                                            for match in _VARIABLE.finditer(rule.rule)),
                            area=resource.__module__.split('.')[1].removeprefix('app_'))


def problems_of(operation: Operation) -> list[type[DomainError]]:
    """What an endpoint declares, and what every endpoint of its kind may answer."""
    declared = operation.declaration
    found: list[type[DomainError]] = [TokenExpired, TokenInvalid, RateLimited]
    found += [DatabaseUnavailable, Busy]
    if declared.access >= Level.MEMBER or declared.credentials:
        found.append(CredentialsRequired)
    if declared.access >= Level.MEMBER:
        found += [AccountBlocked, NotYours]
        if operation.verb != 'get' and not declared.unverified:
            found.append(EmailNotVerified)
    if declared.sensitive:
        found.append(AssumedSession)
    if declared.body is not None:
        found += [BadRequest, BodyTooLarge, MediaTypeNotSupported, Invalid]
    if declared.query is not None:
        found.append(BadRequest)
    if declared.if_match != 'no':
        found.append(VersionMismatch)
    if declared.if_match == 'required':
        found.append(IfMatchRequired)
    if declared.idempotent:
        found += [BadRequest, IdempotencyInProgress, IdempotencyKeyReused, IdempotencyAnswerLost]
    if declared.key_required:
        found.append(IdempotencyKeyRequired)
    if operation.path.startswith(COOKIE_ROUTES):
        found.append(OriginNotAllowed)
    if operation.variables:
        found.append(PathNotFound)
    return list(dict.fromkeys([*found, *declared.errors]))
