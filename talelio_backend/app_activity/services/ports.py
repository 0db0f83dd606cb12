from typing import Protocol

from talelio_backend.shared.domain.events import Event
from talelio_backend.shared.services.unit_of_work import UnitOfWork


class ActivityUnitOfWork(UnitOfWork, Protocol):

    def record(self, event: Event) -> None:
        """Notes what happened to no aggregate; ``commit`` writes its row."""
        ...
