from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from talelio_backend.app_contact.domain.message import Message, Reply
from talelio_backend.app_contact.domain.message_type import MessageType
from talelio_backend.shared.services.unit_of_work import UnitOfWork


class MessageTypeRepository(Protocol):

    def add(self, message_type: MessageType) -> None:
        ...

    def with_id(self, type_id: UUID) -> MessageType | None:
        """Locked until the transaction ends: nobody writes a message of it meanwhile."""
        ...

    def is_known(self, type_id: UUID) -> bool:
        ...

    def is_used(self, type_id: UUID) -> bool:
        """Whether there is a message of it."""
        ...

    def remove(self, message_type: MessageType) -> None:
        ...


class MessageRepository(Protocol):

    def add(self, message: Message) -> None:
        ...

    def with_id(self, message_id: UUID) -> Message | None:
        """Locked until the transaction ends, so that answers come one after the other."""
        ...

    def add_reply(self, reply: Reply) -> None:
        ...

    def remove(self, message: Message) -> None:
        """With its replies."""
        ...


class People(Protocol):

    def administrators(self) -> Sequence[UUID]:
        """Every verified administrator who is not blocked."""
        ...

    def has_account(self, user_id: UUID) -> bool:
        """False for somebody whose account is deleted."""
        ...


class ContactUnitOfWork(UnitOfWork, Protocol):

    @property
    def types(self) -> MessageTypeRepository:
        ...

    @property
    def messages(self) -> MessageRepository:
        ...

    @property
    def people(self) -> People:
        ...


@dataclass(frozen=True, kw_only=True)
class Recipient:
    email: str
    language: str


@dataclass(frozen=True, kw_only=True)
class SentMessage:
    """What a mail about a message says. ``sender_email`` is None where the account is deleted."""

    type: str
    title: str
    body: str
    sender: str
    sender_email: str | None


class Correspondence(Protocol):
    """What mails are made of; read when one is sent, and None for what is gone by then."""

    def message(self, message_id: UUID) -> SentMessage | None:
        ...

    def reply(self, reply_id: UUID) -> str | None:
        """Its body."""
        ...

    def recipient(self, user_id: UUID) -> Recipient | None:
        ...
