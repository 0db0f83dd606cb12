from dataclasses import dataclass
from typing import Self

from talelio_backend.app_library.domain.events import (ItemTypeCreated, ItemTypeDeleted,
                                                       ItemTypeUpdated)
from talelio_backend.shared.domain.aggregate import NamedAggregate
from talelio_backend.shared.domain.events import Change


@dataclass(kw_only=True, eq=False)
class ItemType(NamedAggregate):
    """What kind of thing a book is to policies and tariffs. Its id never changes."""

    label: str

    @classmethod
    def create(cls, *, item_type: str, label: str) -> Self:
        created = cls(id=item_type, label=label)
        created.record(ItemTypeCreated(item_type=item_type, label=label))
        return created

    def relabel(self, label: str) -> None:
        """To the label that it has: no event."""
        if label == self.label:
            return
        changed = {'label': Change(self.label, label)}
        self.label = label
        self.record(ItemTypeUpdated(item_type=self.id, label=label, changed=changed))

    def delete(self) -> None:
        self.record(ItemTypeDeleted(item_type=self.id, label=self.label))
