from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from talelio_backend.app_navigation.domain.link import MenuLink
from talelio_backend.shared.services.unit_of_work import UnitOfWork


class LinkRepository(Protocol):

    def add(self, link: MenuLink) -> None:
        ...

    def with_id(self, link_id: UUID) -> MenuLink | None:
        """Locked until the transaction ends, so that two editors come one after the other."""
        ...

    def missing_of(self, ids: Collection[UUID]) -> frozenset[UUID]:
        """Those of ``ids`` that no link has. Whoever asks next waits until this transaction
        ends."""
        ...

    def remove(self, link: MenuLink) -> None:
        ...


class NavigationUnitOfWork(UnitOfWork, Protocol):

    @property
    def links(self) -> LinkRepository:
        ...
