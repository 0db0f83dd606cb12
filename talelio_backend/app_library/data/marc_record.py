"""MARC records, whatever they are written in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from talelio_backend.shared.domain.errors import Fault


@dataclass(frozen=True, kw_only=True)
class DataField:
    tag: str
    indicators: str = '  '
    subfields: Sequence[tuple[str, str]] = ()

    def first(self, code: str) -> str | None:
        return next(self.all(code), None)

    def all(self, code: str) -> Iterator[str]:
        return (text for name, text in self.subfields if name == code and text.strip())


@dataclass(frozen=True, kw_only=True)
class MarcRecord:
    """``control`` holds the fields without subfields, by tag. ``faults`` are what makes it
    unreadable."""

    control: Mapping[str, str] = field(default_factory=dict)
    fields: Sequence[DataField] = ()
    faults: tuple[Fault, ...] = ()

    def of(self, *tags: str) -> Sequence[DataField]:
        """In the order of the record."""
        return [one for one in self.fields if one.tag in tags]


def unreadable(detail: str) -> Fault:
    return Fault('', 'unreadable_record', detail)
