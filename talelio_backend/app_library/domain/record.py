"""One bibliographic record as every format gives it."""

from dataclasses import dataclass

from talelio_backend.shared.domain.errors import Fault

UNCATEGORISED = 'Uncategorised'
DEFAULT_ITEM_TYPE = 'regular'


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who had a part in a book. An only name is the family name."""

    family_name: str
    given_name: str | None = None
    role: str = 'author'

    @property
    def full_name(self) -> str:
        return f'{self.given_name} {self.family_name}' if self.given_name else self.family_name

    @property
    def key(self) -> tuple[str, str]:
        """The same for one name in whatever case."""
        return self.family_name.casefold(), (self.given_name or '').casefold()


@dataclass(frozen=True, kw_only=True)
class Record:
    """What a file says of one title, trimmed and not judged yet; None and empty: it says nothing.

    ``row`` is the record's number in the file. A new
    book without category is uncategorised. ``copies`` counts all copies, those with a barcode
    among them. ``faults`` are what makes it unreadable: nothing is made of it then. ``remarks``
    name what was not understood and could be left out.
    """

    row: int
    title: str = ''
    subtitle: str | None = None
    authors: tuple[Person, ...] = ()
    category: str | None = None
    isbn: str | None = None
    publisher: str | None = None
    year: str | None = None
    language: str | None = None
    item_type: str | None = None
    description: str | None = None
    copies: str | None = None
    barcodes: tuple[str, ...] = ()
    cover_url: str | None = None
    faults: tuple[Fault, ...] = ()
    remarks: tuple[Fault, ...] = ()


class FileUnreadable(Exception):
    """The file as a whole cannot be taken. Never an answer: ``fault`` is the import's problem."""

    def __init__(self, code: str, detail: str, pointer: str = '') -> None:
        super().__init__(detail)
        self.fault = Fault(pointer, code, detail)
