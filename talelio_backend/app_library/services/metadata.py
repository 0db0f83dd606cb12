"""What others know of a book."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """What a source says of an edition. ``authors`` are full names, ``language`` a tag of BCP 47.
    ``cover_url`` is where the source keeps the picture; it is copied, never shown to anybody."""

    isbn13: str
    title: str
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    year: int | None = None
    language: str | None = None
    description: str | None = None
    source: str
    cover_url: str | None = None


class MetadataSource(Protocol):

    def find(self, isbn13: str, *, patience: float) -> Metadata | None:
        """None where the source does not know the book. ``patience``: seconds that the caller
        waits for its turn. Raises MetadataUnavailable."""
        ...


class CoverSource(Protocol):

    def cover(self, url: str, *, patience: float) -> bytes | None:
        """The picture at a ``cover_url`` of this source; None where there is none. ``patience``
        as above. Raises MetadataUnavailable."""
        ...
