from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from talelio_backend.app_library.presentation.schemas import Slug, StatusName
from talelio_backend.app_library.services.shelving_queries import ParentFilter
from talelio_backend.shared.presentation.lists import ListQuery, ListView
from talelio_backend.shared.presentation.schemas import (BlankIsNone, Body, Line, PatchBody, Time,
                                                         View)

GivenName = Annotated[Line | None, Field(max_length=100), BlankIsNone]
FamilyName = Annotated[Line, Field(min_length=1, max_length=100)]
CategoryName = Annotated[Line, Field(min_length=1, max_length=40)]
Label = Annotated[Line, Field(min_length=1, max_length=60)]


class NothingBody(Body):
    """Says nothing: the path alone names what is acted on."""


class NewAuthorBody(Body):
    """A name of one word is the family name."""

    given_name: GivenName = None
    family_name: FamilyName


class AuthorPatchBody(PatchBody):
    given_name: GivenName = None
    family_name: FamilyName = ''


class NewCategoryBody(Body):
    name: CategoryName


class CategoryPatchBody(PatchBody):
    name: CategoryName


class NewItemTypeBody(Body):
    id: Slug
    label: Label


class ItemTypePatchBody(PatchBody):
    label: Label


class ParentsQuery(ListQuery):
    """``having``: at least one active book, open loan, or loan of all time."""

    status: StatusName = 'active'
    having: Literal['books', 'active_loans', 'loans'] | None = None
    q: Annotated[str | None, Field(max_length=200)] = None

    @property
    def is_for_administrators(self) -> bool:
        return self.status != 'active' or self.having in ('active_loans', 'loans')

    def filter(self) -> ParentFilter:
        return ParentFilter(status=self.status, having=self.having, q=self.q)


class AuthorView(View):
    id: UUID
    given_name: str | None
    family_name: str
    full_name: str
    active: bool
    deactivated_at: Time | None
    books_count: int
    created_at: Time
    updated_at: Time


class CountedAuthorView(AuthorView):
    """As administrators see it; ``all_books_count`` includes inactive books."""

    all_books_count: int
    active_loans_count: int
    late_loans_count: int
    new_loans_count: int
    loans_count: int


class AuthorsView(ListView):
    authors: list[CountedAuthorView | AuthorView]


class CategoryView(View):
    id: UUID
    name: str
    active: bool
    deactivated_at: Time | None
    books_count: int
    created_at: Time
    updated_at: Time


class CountedCategoryView(CategoryView):
    """As administrators see it; ``all_books_count`` includes inactive books."""

    all_books_count: int
    active_loans_count: int
    late_loans_count: int
    new_loans_count: int
    loans_count: int


class CategoriesView(ListView):
    categories: list[CountedCategoryView | CategoryView]


class ItemTypeView(View):
    id: str
    label: str


class ItemTypesView(ListView):
    item_types: list[ItemTypeView]
