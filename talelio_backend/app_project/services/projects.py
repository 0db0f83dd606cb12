from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from talelio_backend.app_project.domain.errors import ProjectNotFound
from talelio_backend.app_project.domain.project import Details, Project, Rendering, Text
from talelio_backend.app_project.services.ports import ProjectUnitOfWork
from talelio_backend.shared.domain.errors import NotYours
from talelio_backend.shared.domain.text import normalize_newlines
from talelio_backend.shared.services.authentication import Caller
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.markdown import MarkdownRenderer


class ProjectService:
    """What people do with their projects."""

    def __init__(self, *, open_uow: Callable[[], ProjectUnitOfWork], markdown: MarkdownRenderer,
                 clock: Clock) -> None:
        self._open_uow = open_uow
        self._markdown = markdown
        self._clock = clock

    def create(self, *, owner_id: UUID, details: Details, body: str) -> UUID:
        """Puts a new project at the end of the owner's. Raises ProjectLimit."""
        text = self._rendered(body)
        with self._open_uow() as uow:
            position = uow.projects.shelf_of(owner_id).next_position()
            project = Project.create(owner_id=owner_id,
                                     position=position,
                                     details=details,
                                     text=text,
                                     now=self._clock.now())
            uow.projects.add(project)
            uow.commit()
        return project.id

    def edit(self, *, project_id: UUID, caller: Caller, changes: Mapping[str, Any],
             body: str | None, expected_version: int | None) -> None:
        """``changes`` are new values of fields of ``Details``; a body of None stays as it is.

        Raises ProjectNotFound, NotYours, VersionMismatch.
        """
        text = None if body is None else self._rendered(body)
        with self._open_uow() as uow:
            project = _owner_s(uow, project_id, caller, expected_version)
            project.edit(replace(project.details, **changes), text, now=self._clock.now())
            uow.commit()

    def delete(self, *, project_id: UUID, caller: Caller, expected_version: int | None) -> None:
        """Raises ProjectNotFound, NotYours, VersionMismatch."""
        with self._open_uow() as uow:
            project = _owner_s(uow, project_id, caller, expected_version)
            project.delete()
            uow.projects.remove(project)
            uow.commit()

    def put_in_order(self, *, owner_id: UUID, ids: Sequence[UUID]) -> None:
        """Gives the owner's projects the places 0, 1, 2 … Raises OrderStale unless ``ids`` are all
        of them, each once; nothing is moved then."""
        with self._open_uow() as uow:
            uow.projects.shelf_of(owner_id).arrange(ids)
            uow.commit()

    def render_anew(self, project_id: UUID, body: str) -> bool:
        """Whether the HTML is of ``body`` now: not where the project is gone or has another."""
        text = self._rendered(body)
        with self._open_uow() as uow:
            project = uow.projects.with_id(project_id)
            taken = project is not None and project.render_anew(text)
            uow.commit()
        return taken

    def _rendered(self, source: str) -> Text:
        # Costly, and therefore done before a transaction holds anything.
        body = normalize_newlines(source)
        rendered = self._markdown.render(body)
        return Text(body=body,
                    rendering=Rendering(html=rendered.html,
                                        links=rendered.links,
                                        renderer=rendered.version))


def _owner_s(uow: ProjectUnitOfWork, project_id: UUID, caller: Caller,
             expected_version: int | None) -> Project:
    project = uow.projects.with_id(project_id)
    if project is None:
        raise ProjectNotFound()
    if project.owner_id != caller.account_id and not caller.is_admin:
        raise NotYours()
    project.expect(expected_version)
    return project
