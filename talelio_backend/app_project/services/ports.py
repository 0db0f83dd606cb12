from typing import Protocol
from uuid import UUID

from talelio_backend.app_project.domain.project import Project
from talelio_backend.app_project.domain.shelf import Shelf
from talelio_backend.shared.services.unit_of_work import UnitOfWork


class ProjectRepository(Protocol):

    def add(self, project: Project) -> None:
        """Stores a new project."""
        ...

    def with_id(self, project_id: UUID) -> Project | None:
        """Locked until the transaction ends, so that two editors come one after the other."""
        ...

    def shelf_of(self, owner_id: UUID) -> Shelf:
        """All projects of a person, without their texts. Waits for whoever else holds this shelf,
        and makes others wait until the transaction ends."""
        ...

    def remove(self, project: Project) -> None:
        ...


class ProjectUnitOfWork(UnitOfWork, Protocol):

    @property
    def projects(self) -> ProjectRepository:
        ...
