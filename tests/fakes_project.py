"""The ports of projects without I/O."""

from uuid import UUID

from talelio_backend.app_project.domain.project import Project
from talelio_backend.app_project.domain.shelf import Shelf
from talelio_backend.shared.domain.events import Event
from tests.fakes import FakeUnitOfWork


class InMemoryProjects:

    def __init__(self, projects: dict[UUID, Project]) -> None:
        self._projects = projects
        self.removed: list[Project] = []

    def add(self, project: Project) -> None:
        self._projects[project.id] = project

    def with_id(self, project_id: UUID) -> Project | None:
        return self._projects.get(project_id)

    def shelf_of(self, owner_id: UUID) -> Shelf:
        own = [project for project in self._projects.values() if project.owner_id == owner_id]
        return Shelf(owner_id=owner_id, projects=sorted(own, key=lambda own: own.position))

    def remove(self, project: Project) -> None:
        del self._projects[project.id]
        self.removed.append(project)


class FakeProjectUnitOfWork(FakeUnitOfWork):

    def __init__(self) -> None:
        self.stored: dict[UUID, Project] = {}
        super().__init__(self.stored)
        self.projects = InMemoryProjects(self.stored)

    def commit(self) -> None:
        leaving: list[Event] = [
            event for project in self.projects.removed for event in project.collect_events()
        ]
        super().commit()
        self.events += leaving
