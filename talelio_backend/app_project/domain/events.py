from dataclasses import dataclass
from uuid import UUID

from talelio_backend.shared.domain.events import Change, ChangedEvent, Changes, Event, Target


@dataclass(frozen=True, kw_only=True)
class ProjectEvent(Event):
    """An event about one project. ``links`` is every address that its text, its cover and its
    links name after the event, ``former_links`` what they named before: whoever keeps track of
    references replaces what it knew."""

    project_id: UUID
    owner_id: UUID
    title: str
    links: tuple[str, ...]
    former_links: tuple[str, ...]

    @property
    def target(self) -> Target:
        return Target('project', self.project_id, self.title)


@dataclass(frozen=True, kw_only=True)
class ProjectCreated(ProjectEvent):
    action = 'project_created'
    activity = 'Created the project “{title}”'


@dataclass(frozen=True, kw_only=True)
class ProjectUpdated(ProjectEvent, ChangedEvent):
    action = 'project_updated'
    activity = 'Changed the project “{title}”'


@dataclass(frozen=True, kw_only=True)
class ProjectRendered(ProjectEvent):
    """A newer renderer finds other addresses in the same text. Nobody did this."""

    action = None
    activity = None


@dataclass(frozen=True, kw_only=True)
class ProjectDeleted(ProjectEvent):
    """Nothing refers to anything any more: ``links`` is empty."""

    action = 'project_deleted'
    activity = 'Deleted the project “{title}”'


@dataclass(frozen=True, kw_only=True)
class ProjectsReordered(Event):
    """``before`` and ``after`` are the titles, from first to last."""

    action = 'projects_reordered'
    activity = 'Put {count} projects in another order'

    owner_id: UUID
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.after)

    @property
    def target(self) -> Target:
        return Target('projects', self.owner_id, '')

    @property
    def changes(self) -> Changes:
        return {'order': Change(list(self.before), list(self.after))}
