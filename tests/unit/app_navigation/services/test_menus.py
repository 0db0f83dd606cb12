from collections.abc import Callable
from uuid import UUID

import pytest

from talelio_backend.app_navigation.domain.default_links import DEFAULT_LINKS
from talelio_backend.app_navigation.domain.errors import BadTarget, LinkNotFound
from talelio_backend.app_navigation.domain.events import LinkCreated, LinkDeleted
from talelio_backend.app_navigation.domain.link import Details, Position
from talelio_backend.app_navigation.services.menus import MenuService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import FakeClock
from tests.fakes_navigation import FakeNavigationUnitOfWork

DETAILS = Details(text='Home',
                  target='home',
                  position=Position.NAVBAR,
                  access_level=Level.EVERYONE)


@pytest.fixture(name='uow')
def unit_of_work() -> FakeNavigationUnitOfWork:
    return FakeNavigationUnitOfWork()


@pytest.fixture(name='menus')
def menu_service(uow: FakeNavigationUnitOfWork) -> MenuService:
    return MenuService(open_uow=lambda: uow, clock=FakeClock())


@pytest.mark.parametrize('change', [
    lambda menus, link_id: menus.edit(
        link_id=link_id, changes={'weight': 1}, expected_version=None),
    lambda menus, link_id: menus.delete(link_id=link_id, expected_version=None)
])
def test_a_link_that_there_is_not_is_not_found(
        menus: MenuService, change: Callable[[MenuService, UUID], None]) -> None:
    with pytest.raises(LinkNotFound):
        change(menus, new_id())


def test_an_edit_to_a_bad_target_changes_nothing(menus: MenuService,
                                                 uow: FakeNavigationUnitOfWork) -> None:
    link_id = menus.create(details=DETAILS)
    with pytest.raises(BadTarget):
        menus.edit(link_id=link_id, changes={'target': 'javascript:1'}, expected_version=None)
    assert uow.stored[link_id].target == 'home'


def test_a_deleted_link_is_gone_and_told(menus: MenuService,
                                         uow: FakeNavigationUnitOfWork) -> None:
    link_id = menus.create(details=DETAILS)
    menus.delete(link_id=link_id, expected_version=1)
    assert not uow.stored
    assert [type(event) for event in uow.events] == [LinkCreated, LinkDeleted]


def test_defaults_that_are_missing_come_back_and_others_stay(
        menus: MenuService, uow: FakeNavigationUnitOfWork) -> None:
    assert menus.restore_defaults() == len(DEFAULT_LINKS)
    gone, edited, *_others = DEFAULT_LINKS
    menus.delete(link_id=gone, expected_version=None)
    menus.edit(link_id=edited, changes={'text': 'Books'}, expected_version=None)
    own = menus.create(details=DETAILS)
    assert menus.restore_defaults() == 1
    assert uow.stored.keys() == {*DEFAULT_LINKS, own}
    assert uow.stored[edited].text == 'Books'
    assert menus.restore_defaults() == 0
