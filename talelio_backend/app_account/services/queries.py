from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.services.listing import Document, Page, PageRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFilter:
    """Which users are wanted; None leaves a filter out. ``since`` is inclusive, ``before`` not."""

    q: str | None = None
    level: Level | None = None
    verified: bool | None = None
    blocked: bool | None = None
    since: datetime | None = None
    before: datetime | None = None


class AccountQueries(Protocol):
    """Reads of this area: one SQL statement each, their JSON made by the database."""

    def me(self, *, account_id: UUID, session_id: UUID | None) -> Document:
        """Raises AccountNotFound."""
        ...

    def user(self, username: str) -> Document:
        """The public profile. Raises UserNotFound."""
        ...

    def user_row(self, username: str) -> Document:
        """Account and user, as administrators see them. Raises UserNotFound."""
        ...

    def users(self, wanted: UserFilter, request: PageRequest) -> Page:
        """Raises BadQuery."""
        ...

    def account_id(self, username: str) -> UUID:
        """Whose account it is. Raises UserNotFound, for a tombstone too."""
        ...

    def sessions(self, *, account_id: UUID, current: UUID | None, request: PageRequest) -> Page:
        """The account's live sessions. Raises BadQuery."""
        ...
