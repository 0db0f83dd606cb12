from dataclasses import asdict, dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Self
from uuid import UUID

from talelio_backend.app_navigation.domain.address import check_address
from talelio_backend.app_navigation.domain.events import (LinkCreated, LinkDeleted, LinkEvent,
                                                          LinkUpdated)
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.errors import VersionMismatch
from talelio_backend.shared.domain.events import changes_between
from talelio_backend.shared.domain.ids import new_id


class Position(Enum):
    """The menus, in the order in which a page shows them. A ``HIDDEN`` link is sent, since the
    client needs its target, and shown in none."""

    NAVBAR = 'navbar'
    HEADER = 'header'
    FOOTER = 'footer'
    HIDDEN = 'hidden'
    ADMIN_NAVBAR = 'adminNavbar'
    ADMIN_FOOTER = 'adminFooter'


@dataclass(frozen=True, kw_only=True)
class Details:
    """``weight``: the heaviest stands first in its menu."""

    text: str
    target: str
    position: Position
    access_level: Level
    icon: str | None = None
    weight: int = 0

    def __post_init__(self) -> None:
        """Raises BadTarget."""
        check_address(self.target)


@dataclass(kw_only=True, eq=False)
class MenuLink(Aggregate):
    """An entry of a menu. It shows a way and gives no right: what somebody may do is decided by
    each endpoint."""

    text: str
    target: str
    icon: str | None
    weight: int
    position: Position
    access_level: Level
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def create(cls, details: Details, *, now: datetime, link_id: UUID | None = None) -> Self:
        link = cls(id=link_id or new_id(),
                   text=details.text,
                   target=details.target,
                   icon=details.icon,
                   weight=details.weight,
                   position=details.position,
                   access_level=details.access_level,
                   version=1,
                   created_at=now,
                   updated_at=now)
        link._tell(LinkCreated)
        return link

    @property
    def details(self) -> Details:
        return Details(text=self.text,
                       target=self.target,
                       icon=self.icon,
                       weight=self.weight,
                       position=self.position,
                       access_level=self.access_level)

    def edit(self, details: Details, *, expected_version: int | None, now: datetime) -> None:
        """An edit that changes nothing keeps the version and is no event. Raises VersionMismatch
        unless ``expected_version`` is the present one or None."""
        self._expect(expected_version)
        before = _shown(self.details)
        for name in asdict(details):
            setattr(self, name, getattr(details, name))
        changed = changes_between(before, _shown(details))
        if changed:
            self.version += 1
            self.updated_at = now
            self._tell(LinkUpdated, changed=changed)

    def delete(self, *, expected_version: int | None) -> None:
        """Raises VersionMismatch."""
        self._expect(expected_version)
        self._tell(LinkDeleted)

    def _expect(self, version: int | None) -> None:
        if version is not None and version != self.version:
            raise VersionMismatch(version=self.version)

    def _tell(self, event_class: type[LinkEvent], **more: Any) -> None:
        self.record(event_class(link_id=self.id, text=self.text, **more))


def _shown(details: Details) -> dict[str, Any]:
    return asdict(details) | {
        'position': details.position.value,
        'access_level': details.access_level.name.lower()
    }
