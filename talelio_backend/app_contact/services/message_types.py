from collections.abc import Callable
from uuid import UUID

from talelio_backend.app_contact.domain.errors import MessageTypeInUse, MessageTypeNotFound
from talelio_backend.app_contact.domain.message_type import MessageType
from talelio_backend.app_contact.services.ports import ContactUnitOfWork
from talelio_backend.shared.services.clock import Clock


class MessageTypeService:
    """What administrators let people write about."""

    def __init__(self, *, open_uow: Callable[[], ContactUnitOfWork], clock: Clock) -> None:
        self._open_uow = open_uow
        self._clock = clock

    def create(self, *, name: str) -> UUID:
        """Raises MessageTypeTaken."""
        message_type = MessageType.create(name=name, now=self._clock.now())
        with self._open_uow() as uow:
            uow.types.add(message_type)
            uow.commit()
        return message_type.id

    def rename(self, *, type_id: UUID, name: str) -> None:
        """Raises MessageTypeNotFound, MessageTypeTaken."""
        with self._open_uow() as uow:
            _found(uow, type_id).rename(name)
            uow.commit()

    def delete(self, *, type_id: UUID) -> None:
        """Raises MessageTypeNotFound, MessageTypeInUse."""
        with self._open_uow() as uow:
            message_type = _found(uow, type_id)
            if uow.types.is_used(type_id):
                raise MessageTypeInUse()
            message_type.delete()
            uow.types.remove(message_type)
            uow.commit()


def _found(uow: ContactUnitOfWork, type_id: UUID) -> MessageType:
    message_type = uow.types.with_id(type_id)
    if message_type is None:
        raise MessageTypeNotFound()
    return message_type
