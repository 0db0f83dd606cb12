from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel

from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import DomainError
from talelio_backend.shared.services.authentication import Caller

JSON_LIMIT = 1024 * 1024
FORM = 'application/x-www-form-urlencoded'


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """One endpoint, as declared. ``response`` is a schema, or None for no body; ``produces``
    names the media type where it is not JSON. ``max_body`` in bytes. ``lenient_token`` takes a
    caller with a bad access token for a stranger, where a cookie decides; ``any_origin`` admits
    pages of every origin to a route that lies among the cookie routes and reads no cookie;
    ``any_path`` admits U+0000 in the path, where no database is asked for what it says;
    ``sensitive`` shuts out an administrator who acts as somebody else; ``key_required`` refuses
    an idempotent endpoint without its key, and the resource keeps ``Call.request_key`` for good
    with what it made. ``file_types`` are media types of files that are taken in place of the
    body, which is None then. ``guard`` says by the path alone whether the caller may go on,
    before query or body are looked at."""

    access: Level
    summary: str
    status: int
    response: type[BaseModel] | None
    errors: tuple[type[DomainError], ...]
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    credentials: bool = False
    unverified: bool = False
    sensitive: bool = False
    lenient_token: bool = False
    any_origin: bool = False
    any_path: bool = False
    if_match: Literal['no', 'accepted', 'required'] = 'no'
    idempotent: bool = False
    key_required: bool = False
    guard: Callable[[Caller, Mapping[str, Any]], object] | None = None
    body_optional: bool = False
    consumes: str = 'application/json'
    file_types: tuple[str, ...] = ()
    produces: str = 'application/json'
    max_body: int = JSON_LIMIT
    other_statuses: Mapping[int, str] = field(default_factory=dict)
