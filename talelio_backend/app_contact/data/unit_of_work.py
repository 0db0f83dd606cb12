from sqlalchemy.orm import Session

from talelio_backend.app_contact.data.message_repository import SqlMessageRepository
from talelio_backend.app_contact.data.message_type_repository import SqlMessageTypeRepository
from talelio_backend.app_contact.data.queries import SqlPeople
from talelio_backend.app_contact.domain.errors import MessageTypeTaken, UnknownType
from talelio_backend.shared.data.unit_of_work import SqlUnitOfWork


class SqlContactUnitOfWork(SqlUnitOfWork):
    constraints = {
        'uq_contact_type_name': MessageTypeTaken,
        # Who deletes a type has locked it and looked for messages: only writing one breaks this.
        'fk_contact_message_type_id': UnknownType,
    }

    types: SqlMessageTypeRepository
    messages: SqlMessageRepository
    people: SqlPeople

    def attach(self, session: Session) -> None:
        self.types = SqlMessageTypeRepository(session)
        self.messages = SqlMessageRepository(session)
        self.people = SqlPeople(session)
