"""What a restore would change, table by table."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RowChange:
    """Rows of a table in the live database and in what would take its place; None where it has no
    such table."""

    table: str
    now: int | None
    then: int | None


def row_changes(now: Mapping[str, int], then: Mapping[str, int]) -> list[RowChange]:
    """Every table of either side, by name."""
    return [
        RowChange(table=table, now=now.get(table), then=then.get(table))
        for table in sorted({*now, *then})
    ]
