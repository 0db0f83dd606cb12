from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from talelio_backend.app_navigation.domain.default_links import DEFAULT_LINKS
from talelio_backend.app_navigation.domain.errors import LinkNotFound
from talelio_backend.app_navigation.domain.link import Details, MenuLink
from talelio_backend.app_navigation.services.ports import NavigationUnitOfWork
from talelio_backend.shared.services.clock import Clock


class MenuService:
    """What administrators do with the menus."""

    def __init__(self, *, open_uow: Callable[[], NavigationUnitOfWork], clock: Clock) -> None:
        self._open_uow = open_uow
        self._clock = clock

    def create(self, *, details: Details) -> UUID:
        link = MenuLink.create(details, now=self._clock.now())
        with self._open_uow() as uow:
            uow.links.add(link)
            uow.commit()
        return link.id

    def edit(self, *, link_id: UUID, changes: Mapping[str, Any],
             expected_version: int | None) -> None:
        """``changes`` are new values of fields of ``Details``. Raises LinkNotFound, BadTarget,
        VersionMismatch."""
        with self._open_uow() as uow:
            link = _found(uow, link_id)
            link.edit(replace(link.details, **changes),
                      expected_version=expected_version,
                      now=self._clock.now())
            uow.commit()

    def delete(self, *, link_id: UUID, expected_version: int | None) -> None:
        """Raises LinkNotFound, VersionMismatch."""
        with self._open_uow() as uow:
            link = _found(uow, link_id)
            link.delete(expected_version=expected_version)
            uow.links.remove(link)
            uow.commit()

    def restore_defaults(self) -> int:
        """Puts back the links of the beginning that are missing, touches no other, and gives
        their number."""
        with self._open_uow() as uow:
            missing = uow.links.missing_of(DEFAULT_LINKS)
            for link_id, details in DEFAULT_LINKS.items():
                if link_id in missing:
                    uow.links.add(MenuLink.create(details, now=self._clock.now(), link_id=link_id))
            uow.commit()
        return len(missing)


def _found(uow: NavigationUnitOfWork, link_id: UUID) -> MenuLink:
    link = uow.links.with_id(link_id)
    if link is None:
        raise LinkNotFound()
    return link
