"""The kinds of refusal. An area subclasses a kind and sets ``code`` and ``title``; one table in
``shared/presentation/problems.py`` says which HTTP status a kind has. Nothing here names HTTP."""

from dataclasses import dataclass
from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal that a caller can act on.

    ``data`` holds what the caller may need besides the code (JSON-able values): it fills the
    placeholders of ``title`` and stands as extra members in the problem document.
    """

    code: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, **data: Any) -> None:
        super().__init__(self.code)
        self.data = data

    @property
    def detail(self) -> str:
        """``title`` with its placeholders filled, one sentence for a person."""
        return self.title.format_map(self.data)


class NotFound(DomainError):
    """No such thing, or none that this caller may know of."""


class Conflict(DomainError):
    """The state of things refuses: taken, already done, still in use."""


class NotPermitted(DomainError):
    """The caller is known and may not do this."""


class Unauthenticated(DomainError):
    """No credentials, or wrong ones."""


class RuleBroken(DomainError):
    """Well-formed input that a rule of the domain refuses."""


class TooManyRequests(DomainError):
    """Come back after ``retry_after`` seconds."""

    def __init__(self, *, retry_after: float, **data: Any) -> None:
        super().__init__(retry_after=retry_after, **data)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """Something this needs is down; nothing was changed."""

    retry_after: ClassVar[int] = 5


class TooLarge(DomainError):
    """More bytes than are accepted here."""


class NotSupported(DomainError):
    """A kind of content that is not accepted here."""


class Stale(DomainError):
    """The caller decided on an older version of the thing; ``version`` is the present one."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one input. ``pointer`` is a JSON pointer (RFC 6901) into the request body."""

    pointer: str
    code: str
    detail: str


class Invalid(DomainError):
    """Input that breaks rules of form; every fault is named at once."""

    code = 'validation_failed'
    title = 'The request is well-formed but holds values that are not accepted.'

    def __init__(self, *faults: Fault, **data: Any) -> None:
        super().__init__(**data)
        self.faults = faults


class VersionMismatch(Stale):
    code = 'version_mismatch'
    title = 'Somebody changed this in the meantime. Read it again and decide anew.'


class NotYours(NotPermitted):
    code = 'not_permitted'
    title = 'You may not do this.'


class UserNotFound(NotFound):
    """The person whom an address names; every area has such addresses."""

    code = 'user_not_found'
    title = 'There is no such user.'


class DatabaseUnavailable(Unavailable):
    code = 'database_unavailable'
    title = 'The database does not answer at the moment.'


class Restoring(Unavailable):
    """The database does not answer because a backup takes its place."""

    retry_after = 2
    code = 'restoring'
    title = 'A backup is being restored. Everything is back in a moment.'


class StorageUnavailable(Unavailable):
    code = 'storage_unavailable'
    title = 'The object store does not answer at the moment.'


class SessionStoreUnavailable(Unavailable):
    code = 'session_store_unavailable'
    title = 'The session store does not answer at the moment.'


class Busy(Unavailable):
    code = 'busy'
    title = 'Too much is going on at once. Try again in a moment.'
