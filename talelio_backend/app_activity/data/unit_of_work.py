from typing import ClassVar

from sqlalchemy.orm import Session

from talelio_backend.app_activity.domain.errors import PositionTaken
from talelio_backend.shared.data.unit_of_work import SqlUnitOfWork
from talelio_backend.shared.domain.events import Event


class SqlActivityUnitOfWork(SqlUnitOfWork):
    """See the port ``ActivityUnitOfWork``."""

    constraints: ClassVar = {'uq_activity_seq': PositionTaken}

    def attach(self, session: Session) -> None:
        pass

    def record(self, event: Event) -> None:
        self._events.append(event)
