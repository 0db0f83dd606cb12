"""What is sent of books and copies, and the shape of a copy."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from talelio_backend.app_library.domain.book import EARLIEST_YEAR, Contribution, Role
from talelio_backend.app_library.domain.copy import Condition, Status
from talelio_backend.app_library.domain.isbn import NoIsbn, WrongCheckDigit, isbn13_of
from talelio_backend.app_library.domain.language import NoLanguageTag, language_tag
from talelio_backend.app_library.presentation.book_shape_schemas import RoleName
from talelio_backend.app_library.presentation.schemas import Slug, SmallBookView
from talelio_backend.app_library.services.cataloguing import NewBook
from talelio_backend.shared.presentation.lists import ListQuery, ListView
from talelio_backend.shared.presentation.schemas import (BlankIsNone, Body, Line, LongText,
                                                         PatchBody, Time, View)


def _isbn(value: str) -> str:
    try:
        return isbn13_of(value)
    except WrongCheckDigit as error:
        raise PydanticCustomError('wrong_check_digit', 'the check digit does not fit') from error
    except NoIsbn as error:
        raise PydanticCustomError('wrong_form', 'write an ISBN of 10 or 13 digits') from error


def _language(value: str) -> str:
    try:
        return language_tag(value)
    except NoLanguageTag as error:
        raise PydanticCustomError('wrong_form', 'write a language tag: en, zh-Hant') from error


ConditionName = Literal['new', 'good', 'worn', 'damaged']
CirculationStatus = Literal['available', 'on_loan', 'on_hold_shelf', 'in_repair', 'lost',
                            'withdrawn']
ShelfStatus = Literal['available', 'in_repair', 'lost', 'withdrawn']

Title = Annotated[Line, Field(min_length=1, max_length=255)]
Subtitle = Annotated[Annotated[Line, Field(max_length=255)] | None, BlankIsNone]
Description = Annotated[LongText, Field(max_length=20_000)]
Isbn = Annotated[Annotated[str, Field(max_length=80), AfterValidator(_isbn)] | None, BlankIsNone]
Publisher = Annotated[Annotated[Line, Field(max_length=200)] | None, BlankIsNone]
# The latest is next year, which only the clock knows.
Year = Annotated[int, Field(ge=EARLIEST_YEAR, le=9999)]
Language = Annotated[Annotated[str, Field(max_length=35),
                               AfterValidator(_language)] | None, BlankIsNone]
NumberOwned = Annotated[int, Field(ge=0, le=200)]
Barcode = Annotated[str, Field(pattern=r'^[A-Z0-9-]{1,32}$')]
Note = Annotated[LongText, Field(max_length=500)]


class ContributionBody(Body):
    author_id: UUID
    role: RoleName = 'author'

    @property
    def contribution(self) -> Contribution:
        return Contribution(author_id=self.author_id, role=Role(self.role))


Authors = Annotated[list[ContributionBody], Field(min_length=1, max_length=20)]


class NewBookBody(Body):
    title: Title
    subtitle: Subtitle = None
    authors: Authors
    category_id: UUID
    item_type: Slug = 'regular'
    description: Description = ''
    isbn: Isbn = None
    publisher: Publisher = None
    year: Year | None = None
    language: Language = None
    cover_image_id: UUID | None = None
    number_owned: NumberOwned = 1

    def new_book(self) -> NewBook:
        return NewBook(title=self.title,
                       subtitle=self.subtitle,
                       authors=_contributions(self.authors),
                       category_id=self.category_id,
                       item_type=self.item_type,
                       description=self.description,
                       isbn13=self.isbn,
                       publisher=self.publisher,
                       year=self.year,
                       language=self.language,
                       cover_image_id=self.cover_image_id)


# What has no null to clear it cannot be absent by its value: the keys that were sent tell.
class BookPatchBody(PatchBody):
    title: Title = ''
    subtitle: Subtitle = None
    authors: Authors = []
    category_id: UUID = UUID(int=0)
    item_type: Slug = ''
    description: Description = ''
    isbn: Isbn = None
    publisher: Publisher = None
    year: Year | None = None
    language: Language = None
    cover_image_id: UUID | None = None
    number_owned: NumberOwned = 0

    def book_changes(self) -> dict[str, Any]:
        """New values of the fields of ``NewBook``."""
        sent = self.changes()
        sent.pop('number_owned', None)
        if 'isbn' in sent:
            sent['isbn13'] = sent.pop('isbn')
        if 'authors' in sent:
            sent['authors'] = _contributions(self.authors)
        return sent

    @property
    def wanted_number(self) -> int | None:
        return self.number_owned if 'number_owned' in self.model_fields_set else None


def _contributions(authors: list[ContributionBody]) -> tuple[Contribution, ...]:
    return tuple(author.contribution for author in authors)


class NewCopyBody(Body):
    """Without a barcode the server gives one."""

    barcode: Barcode | None = None
    condition: ConditionName = 'good'
    note: Note = ''


class CopyPatchBody(PatchBody):
    barcode: Barcode = ''
    condition: ConditionName = 'good'
    note: Note = ''
    status: ShelfStatus = 'available'

    def copy_changes(self) -> dict[str, Any]:
        """New values of the fields of ``Copy``."""
        sent = self.changes()
        if 'condition' in sent:
            sent['condition'] = Condition(self.condition)
        if 'status' in sent:
            sent['status'] = Status(self.status)
        return sent


class CopiesQuery(ListQuery):
    barcode: Annotated[str | None, Field(max_length=32)] = None


class CopyView(View):
    id: UUID
    book: SmallBookView
    barcode: str
    condition: ConditionName
    note: str
    status: CirculationStatus
    created_at: Time
    updated_at: Time


class CopiesView(ListView):
    copies: list[CopyView]
