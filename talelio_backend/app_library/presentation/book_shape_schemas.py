"""The whole shape of a book: a single one, and each of a list."""

from typing import Literal
from uuid import UUID

from talelio_backend.app_library.presentation.schemas import CoverView
from talelio_backend.shared.presentation.schemas import Time, View

RoleName = Literal['author', 'editor', 'translator', 'illustrator', 'contributor']


class ContributorView(View):
    id: UUID
    full_name: str
    role: RoleName
    active: bool


class CategoryOfBookView(View):
    id: UUID
    name: str
    active: bool


class BookView(View):
    id: UUID
    title: str
    subtitle: str | None
    authors: list[ContributorView]
    category: CategoryOfBookView
    item_type: str
    description: str
    isbn13: str | None
    isbn10: str | None
    publisher: str | None
    year: int | None
    language: str | None
    cover: CoverView | None
    number_owned: int
    available_copies: int
    loans_count: int
    active_loans_count: int
    holds_count: int
    active: bool
    deactivated_at: Time | None
    my_loan_id: UUID | None
    my_favourite_id: UUID | None
    my_hold_id: UUID | None
    version: int
    created_at: Time
    updated_at: Time
