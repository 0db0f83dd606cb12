import pytest

from talelio_backend.app_library.domain.errors import (ItemTypeInUse, ItemTypeNotFound,
                                                       ItemTypeTaken)
from talelio_backend.app_library.services.item_types import ItemTypeService
from talelio_backend.shared.domain.events import Change
from tests.fakes_library_shelving import FakeShelvingUnitOfWork


@pytest.fixture(name='uow')
def make_uow() -> FakeShelvingUnitOfWork:
    return FakeShelvingUnitOfWork()


@pytest.fixture(name='service')
def make_service(uow: FakeShelvingUnitOfWork) -> ItemTypeService:
    service = ItemTypeService(open_uow=lambda: uow)
    service.create(item_type='film', label='Film')
    return service


def test_an_item_type_is_relabelled_and_deleted(uow: FakeShelvingUnitOfWork,
                                                service: ItemTypeService) -> None:
    service.relabel(item_type='film', label='Film')
    service.relabel(item_type='film', label='Films')
    service.delete(item_type='film')
    assert not uow.stored_types
    assert [(event.action, event.changes) for event in uow.events] == [
        ('item_type_created', None),
        ('item_type_updated', {
            'label': Change('Film', 'Films')
        }),
        ('item_type_deleted', None),
    ]


def test_an_item_type_that_something_names_stays(uow: FakeShelvingUnitOfWork,
                                                 service: ItemTypeService) -> None:
    uow.item_types.used.add('film')
    with pytest.raises(ItemTypeInUse):
        service.delete(item_type='film')
    assert 'film' in uow.stored_types


def test_an_id_is_taken_once(service: ItemTypeService) -> None:
    with pytest.raises(ItemTypeTaken):
        service.create(item_type='film', label='Another')


def test_an_item_type_that_there_is_not_is_not_found(service: ItemTypeService) -> None:
    with pytest.raises(ItemTypeNotFound):
        service.relabel(item_type='map', label='Map')
    with pytest.raises(ItemTypeNotFound):
        service.delete(item_type='map')
