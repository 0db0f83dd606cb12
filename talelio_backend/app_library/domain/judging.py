"""Whether a record may become a book, by the rules that hold for one which somebody enters."""

from dataclasses import dataclass
from datetime import datetime

from talelio_backend.app_library.domain.book import EARLIEST_YEAR, Role
from talelio_backend.app_library.domain.isbn import NoIsbn, WrongCheckDigit, isbn13_of
from talelio_backend.app_library.domain.language import NoLanguageTag, language_tag
from talelio_backend.app_library.domain.record import Person, Record
from talelio_backend.shared.domain.errors import Fault
from talelio_backend.shared.domain.text import clean_line, has_control_characters

MOST_COPIES = 200
MOST_AUTHORS = 20
_BARCODE = frozenset('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-')
_ROLES = frozenset(role.value for role in Role)
# The longest that each line may be, and whether there has to be one.
_LINES = {'title': (255, True), 'subtitle': (255, False), 'publisher': (200, False)}
_LONGEST_NAME, _LONGEST_CATEGORY, _LONGEST_BARCODE = 100, 40, 32
_LONGEST_LANGUAGE, _LONGEST_DESCRIPTION = 35, 20_000


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a sound record asks for; None: it says nothing. ``copies`` counts those with barcodes
    among them."""

    title: str
    subtitle: str | None
    authors: tuple[Person, ...]
    category: str | None
    isbn13: str | None
    publisher: str | None
    year: int | None
    language: str | None
    item_type: str | None
    description: str | None
    copies: int
    barcodes: tuple[str, ...]
    cover_url: str | None = None


class Judge:
    """Reads one record, and gathers what is wrong with it."""

    def __init__(self, record: Record, *, now: datetime) -> None:
        self._record = record
        self._latest_year = now.year + 1
        self.faults: list[Fault] = list(record.faults)

    def wanted(self) -> Wanted | None:
        """None where there are faults."""
        record = self._record
        if record.faults:
            return None
        barcodes = self._barcodes()
        wanted = Wanted(title=self._line('title') or '',
                        subtitle=self._line('subtitle'),
                        authors=self._authors(),
                        category=self._checked('/category', record.category, _LONGEST_CATEGORY),
                        isbn13=self._isbn(),
                        publisher=self._line('publisher'),
                        year=self._year(),
                        language=self._language(),
                        item_type=record.item_type,
                        description=self._description(),
                        copies=self._copies(len(barcodes)),
                        barcodes=barcodes,
                        cover_url=record.cover_url)
        return None if self.faults else wanted

    def _fault(self, pointer: str, code: str, detail: str) -> None:
        self.faults.append(Fault(pointer, code, detail))

    def _line(self, name: str) -> str | None:
        longest, needed = _LINES[name]
        return self._checked(f'/{name}', getattr(self._record, name), longest, needed=needed)

    def _checked(self,
                 pointer: str,
                 text: str | None,
                 longest: int,
                 *,
                 needed: bool = False) -> str | None:
        line = clean_line(text or '')
        if needed and not line:
            self._fault(pointer, 'required', 'there is nothing here')
        if len(line) > longest:
            self._fault(pointer, 'too_long', f'should have at most {longest} characters')
        if has_control_characters(line, allow_newlines=False):
            self._fault(pointer, 'control_character', 'control characters are not accepted')
        return line or None

    def _description(self) -> str | None:
        text = self._record.description
        if text is not None and len(text) > _LONGEST_DESCRIPTION:
            self._fault('/description', 'too_long',
                        f'should have at most {_LONGEST_DESCRIPTION} characters')
        if text is not None and has_control_characters(text, allow_newlines=True):
            self._fault('/description', 'control_character', 'control characters are not accepted')
        return text or None

    def _authors(self) -> tuple[Person, ...]:
        given = self._record.authors
        if not given:
            self._fault('/authors', 'too_few', 'a book has at least one author')
        if len(given) > MOST_AUTHORS:
            self._fault('/authors', 'too_many', f'a book has at most {MOST_AUTHORS} authors')
            return ()
        people = tuple(self._person(f'/authors/{place}', one) for place, one in enumerate(given))
        seen: set[tuple[tuple[str, str], str]] = set()
        for place, one in enumerate(people):
            part = (one.key, one.role)
            if part in seen:
                self._fault(f'/authors/{place}', 'duplicate', 'has this part in the book already')
            seen.add(part)
        return people

    def _person(self, pointer: str, one: Person) -> Person:
        if one.role not in _ROLES:
            self._fault(f'{pointer}/role', 'not_an_option', f'one of {", ".join(sorted(_ROLES))}')
        family = self._checked(f'{pointer}/family_name',
                               one.family_name,
                               _LONGEST_NAME,
                               needed=True)
        given = self._checked(f'{pointer}/given_name', one.given_name, _LONGEST_NAME)
        return Person(family_name=family or '', given_name=given, role=one.role)

    def _barcodes(self) -> tuple[str, ...]:
        barcodes = self._record.barcodes
        for place, barcode in enumerate(barcodes):
            pointer = f'/barcodes/{place}'
            if len(barcode) > _LONGEST_BARCODE:
                self._fault(pointer, 'too_long', f'at most {_LONGEST_BARCODE} characters')
            elif not set(barcode) <= _BARCODE:
                self._fault(pointer, 'wrong_form', 'capital letters, digits and hyphens')
            elif barcode in barcodes[:place]:
                self._fault(pointer, 'duplicate', 'another copy has this barcode')
        return barcodes

    def _copies(self, numbered: int) -> int:
        text = self._record.copies
        copies = max(1, numbered) if text is None else _whole(text)
        if copies is None:
            self._fault('/copies', 'wrong_type', 'a whole number')
        elif copies < numbered:
            self._fault('/copies', 'too_small', 'there are more barcodes than copies')
        elif copies - numbered > MOST_COPIES:
            self._fault('/copies', 'too_large', f'at most {MOST_COPIES} without a barcode')
        return copies or 0

    def _isbn(self) -> str | None:
        text = self._record.isbn
        try:
            return None if text is None else isbn13_of(text)
        except NoIsbn as error:
            self.faults.append(isbn_fault(error))
            return None

    def _language(self) -> str | None:
        text = self._record.language
        if text is None:
            return None
        if len(text) > _LONGEST_LANGUAGE:
            self._fault('/language', 'too_long', f'at most {_LONGEST_LANGUAGE} characters')
            return None
        try:
            return language_tag(text)
        except NoLanguageTag:
            self._fault('/language', 'wrong_form', 'write a language tag: en, zh-Hant')
            return None

    def _year(self) -> int | None:
        text = self._record.year
        year = None if text is None else _whole(text)
        if text is not None and year is None:
            self._fault('/year', 'wrong_type', 'a whole number')
        elif year is not None and not EARLIEST_YEAR <= year <= self._latest_year:
            code = 'too_small' if year < EARLIEST_YEAR else 'too_large'
            self._fault('/year', code, f'a year from {EARLIEST_YEAR} to {self._latest_year}')
        return year


def isbn_fault(error: NoIsbn) -> Fault:
    if isinstance(error, WrongCheckDigit):
        return Fault('/isbn', 'wrong_check_digit', 'the check digit does not fit')
    return Fault('/isbn', 'wrong_form', 'write an ISBN of 10 or 13 digits')


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
