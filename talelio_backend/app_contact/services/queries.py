from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from talelio_backend.app_contact.domain.message import Status
from talelio_backend.shared.services.listing import Document, Page, PageRequest


@dataclass(frozen=True, kw_only=True)
class MessageFilter:
    """An empty tuple or None narrows nothing. ``q`` is looked for in title, body and the sender's
    username."""

    types: tuple[UUID, ...] = ()
    statuses: tuple[Status, ...] = ()
    q: str | None = None
    since: datetime | None = None
    before: datetime | None = None


class ContactQueries(Protocol):
    """What is read of messages, as JSON made by the database: one statement an answer."""

    def types(self, request: PageRequest) -> Page:
        """With ``messages_count`` for administrators. Raises BadQuery."""
        ...

    def type(self, type_id: UUID, *, counted: bool) -> Document:
        """``counted`` adds ``messages_count``. Raises MessageTypeNotFound."""
        ...

    def messages(self, wanted: MessageFilter, request: PageRequest) -> Page:
        """Raises BadQuery."""
        ...

    def sent_by(self, sender_id: UUID, request: PageRequest) -> Page:
        """Raises BadQuery."""
        ...

    def message(self, message_id: UUID, *, sender_id: UUID | None = None) -> Document:
        """With its replies; one of somebody else than ``sender_id`` is not found. Raises
        MessageNotFound."""
        ...

    def reply(self, reply_id: UUID) -> Document:
        """Raises MessageNotFound."""
        ...
