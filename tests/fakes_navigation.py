"""The ports of menus without I/O."""

from collections.abc import Collection
from uuid import UUID

from talelio_backend.app_navigation.domain.link import MenuLink
from talelio_backend.shared.domain.events import Event
from tests.fakes import FakeUnitOfWork


class InMemoryLinks:

    def __init__(self, links: dict[UUID, MenuLink]) -> None:
        self._links = links
        self.removed: list[MenuLink] = []

    def add(self, link: MenuLink) -> None:
        self._links[link.id] = link

    def with_id(self, link_id: UUID) -> MenuLink | None:
        return self._links.get(link_id)

    def missing_of(self, ids: Collection[UUID]) -> frozenset[UUID]:
        return frozenset(ids) - self._links.keys()

    def remove(self, link: MenuLink) -> None:
        del self._links[link.id]
        self.removed.append(link)


class FakeNavigationUnitOfWork(FakeUnitOfWork):

    def __init__(self) -> None:
        self.stored: dict[UUID, MenuLink] = {}
        super().__init__(self.stored)
        self.links = InMemoryLinks(self.stored)

    def commit(self) -> None:
        leaving: list[Event] = [
            event for link in self.links.removed for event in link.collect_events()
        ]
        super().commit()
        self.events += leaving
