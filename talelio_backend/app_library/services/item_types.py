from collections.abc import Callable

from talelio_backend.app_library.domain.errors import ItemTypeInUse, ItemTypeNotFound
from talelio_backend.app_library.domain.item_type import ItemType
from talelio_backend.app_library.services.catalogue_ports import ShelvingUnitOfWork


class ItemTypeService:
    """The kinds of things that policies and tariffs tell apart."""

    def __init__(self, *, open_uow: Callable[[], ShelvingUnitOfWork]) -> None:
        self._open_uow = open_uow

    def create(self, *, item_type: str, label: str) -> None:
        """Raises ItemTypeTaken."""
        created = ItemType.create(item_type=item_type, label=label)
        with self._open_uow() as uow:
            uow.item_types.add(created)
            uow.commit()

    def relabel(self, *, item_type: str, label: str) -> None:
        """Raises ItemTypeNotFound."""
        with self._open_uow() as uow:
            _found(uow, item_type).relabel(label)
            uow.commit()

    def delete(self, *, item_type: str) -> None:
        """Raises ItemTypeNotFound, and ItemTypeInUse where a book, a policy or a tariff names
        it."""
        with self._open_uow() as uow:
            found = _found(uow, item_type)
            if uow.item_types.is_used(item_type):
                raise ItemTypeInUse()
            found.delete()
            uow.item_types.remove(found)
            uow.commit()


def _found(uow: ShelvingUnitOfWork, item_type: str) -> ItemType:
    found = uow.item_types.with_id(item_type)
    if found is None:
        raise ItemTypeNotFound()
    return found
