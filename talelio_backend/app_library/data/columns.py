"""What the columns of this area have in common."""

from typing import Any

from sqlalchemy import Column, ForeignKey, Numeric, String

from talelio_backend.shared.data.orm import Id

MONEY = Numeric(12, 2)
# Folded text sorts by its bytes: the same everywhere, whatever the cluster's locale.
KEY = String(collation='C')


def reference(name: str, target: str, *, nullable: bool = False, **options: Any) -> Column[Any]:
    """A foreign key by id; ``options`` are those of ``ForeignKey``."""
    return Column(name, Id, ForeignKey(target, **options), nullable=nullable)
