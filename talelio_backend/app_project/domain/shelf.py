from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from talelio_backend.app_project.domain.errors import OrderStale, ProjectLimit
from talelio_backend.app_project.domain.events import ProjectsReordered
from talelio_backend.app_project.domain.project import Project

HIGHEST_NUMBER = 200


@dataclass(kw_only=True)
class Shelf:
    """All projects of one person, in their order. Whoever holds one is alone with it: positions
    are given and changed by one at a time."""

    owner_id: UUID
    projects: Sequence[Project]

    def next_position(self) -> int:
        """The place after the last. Raises ProjectLimit."""
        if len(self.projects) >= HIGHEST_NUMBER:
            raise ProjectLimit(limit=HIGHEST_NUMBER)
        return max((project.position for project in self.projects), default=-1) + 1

    def arrange(self, ids: Sequence[UUID]) -> None:
        """Puts the projects in the order of ``ids``. Raises OrderStale unless these are all of
        them, each once."""
        by_id = {project.id: project for project in self.projects}
        if len(ids) != len(by_id) or by_id.keys() != set(ids):
            raise OrderStale()
        arranged = [by_id[project_id] for project_id in ids]
        if arranged == list(self.projects):
            return
        for position, project in enumerate(arranged):
            project.position = position
        # Events are collected from what is stored; the first on the shelf speaks for all.
        arranged[0].record(
            ProjectsReordered(owner_id=self.owner_id,
                              before=tuple(project.title for project in self.projects),
                              after=tuple(project.title for project in arranged)))
