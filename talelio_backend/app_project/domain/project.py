from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from talelio_backend.app_project.domain.events import (ProjectCreated, ProjectDeleted,
                                                       ProjectEvent, ProjectRendered,
                                                       ProjectUpdated)
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.errors import VersionMismatch
from talelio_backend.shared.domain.events import changes_between
from talelio_backend.shared.domain.ids import new_id


@dataclass(frozen=True)
class Rendering:
    """What a body became: sanitised HTML and the addresses in it. ``renderer`` is the version of
    what made this."""

    html: str
    links: tuple[str, ...]
    renderer: int


@dataclass(frozen=True, kw_only=True)
class Text:
    """A body and its rendering: one never changes without the other."""

    body: str
    rendering: Rendering


@dataclass(frozen=True, kw_only=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Details:
    """What the owner says of a project, beside its body."""

    title: str
    links: tuple[Link, ...] = ()
    cover_image: str | None = None
    repository_url: str | None = None
    demo_url: str | None = None


@dataclass(kw_only=True, eq=False)
class Project(Aggregate):
    """Something that a person made. ``position`` is its place among the owner's, from 0; it is no
    part of the version, so that putting projects in order spoils nobody's edit."""

    owner_id: UUID
    title: str
    body: str
    rendering: Rendering
    links: tuple[Link, ...]
    cover_image: str | None
    repository_url: str | None
    demo_url: str | None
    position: int
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def create(cls, *, owner_id: UUID, position: int, details: Details, text: Text,
               now: datetime) -> Self:
        project = cls(id=new_id(),
                      owner_id=owner_id,
                      title=details.title,
                      body=text.body,
                      rendering=text.rendering,
                      links=details.links,
                      cover_image=details.cover_image,
                      repository_url=details.repository_url,
                      demo_url=details.demo_url,
                      position=position,
                      version=1,
                      created_at=now,
                      updated_at=now)
        project._tell(ProjectCreated, former_links=())
        return project

    @property
    def details(self) -> Details:
        return Details(title=self.title,
                       links=self.links,
                       cover_image=self.cover_image,
                       repository_url=self.repository_url,
                       demo_url=self.demo_url)

    @property
    def named_addresses(self) -> tuple[str, ...]:
        """Every address that the project names."""
        others = (*(link.url
                    for link in self.links), self.cover_image, self.repository_url, self.demo_url)
        named = (*self.rendering.links, *(address for address in others if address))
        return tuple(dict.fromkeys(named))

    def expect(self, version: int | None) -> None:
        """Raises VersionMismatch unless ``version`` is the present one or None."""
        if version is not None and version != self.version:
            raise VersionMismatch(version=self.version)

    def edit(self, details: Details, text: Text | None, *, now: datetime) -> None:
        """Sets the details, and the body unless ``text`` is None. An edit that changes nothing
        keeps the version and is no event."""
        before, former_links = self._shown(), self.named_addresses
        self.title, self.links = details.title, details.links
        self.cover_image = details.cover_image
        self.repository_url, self.demo_url = details.repository_url, details.demo_url
        if text is not None and text.body != self.body:
            self.body, self.rendering = text.body, text.rendering
        changed = changes_between(before, self._shown())
        if changed:
            self.version += 1
            self.updated_at = now
            self._tell(ProjectUpdated, former_links=former_links, changed=changed)

    def render_anew(self, text: Text) -> bool:
        """Takes a newer rendering, unless the body it was made of was edited meanwhile. Not an
        edit: the version stays, so that nobody's If-Match is spoiled."""
        fits = text.body == self.body
        if fits:
            former_links = self.named_addresses
            self.rendering = text.rendering
            if self.named_addresses != former_links:
                self._tell(ProjectRendered, former_links=former_links)
        return fits

    def delete(self) -> None:
        self.record(
            ProjectDeleted(project_id=self.id,
                           owner_id=self.owner_id,
                           title=self.title,
                           links=(),
                           former_links=self.named_addresses))

    def _shown(self) -> dict[str, Any]:
        links = [asdict(link) for link in self.links]
        return asdict(self.details) | {'body': self.body, 'links': links}

    def _tell(self, event_class: type[ProjectEvent], *, former_links: tuple[str, ...],
              **details: Any) -> None:
        self.record(
            event_class(project_id=self.id,
                        owner_id=self.owner_id,
                        title=self.title,
                        links=self.named_addresses,
                        former_links=former_links,
                        **details))
