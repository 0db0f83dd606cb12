from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from talelio_backend.app_library.presentation.book_schemas import Isbn, Language
from talelio_backend.app_library.presentation.book_shape_schemas import BookView
from talelio_backend.app_library.presentation.schemas import Slug, StatusName
from talelio_backend.app_library.services.book_queries import BookFilter
from talelio_backend.shared.presentation.lists import ListQuery, ListView
from talelio_backend.shared.presentation.schemas import Time

MOST_CHOICES = 100
Year = Annotated[int, Field(ge=0, le=9999)]


class BooksQuery(ListQuery):
    """A filter that may come several times takes what satisfies any of its values."""

    status: StatusName = 'active'
    q: Annotated[str | None, Field(max_length=200)] = None
    title: Annotated[str | None, Field(max_length=255)] = None
    category: Annotated[list[UUID], Field(max_length=MOST_CHOICES)] = []
    author: Annotated[list[UUID], Field(max_length=MOST_CHOICES)] = []
    language: Annotated[list[Language], Field(max_length=MOST_CHOICES)] = []
    item_type: Annotated[list[Slug], Field(max_length=MOST_CHOICES)] = []
    available: Literal['true'] | None = None
    isbn: Isbn = None
    year_from: Year | None = None
    year_to: Year | None = None
    since: Time | None = None
    before: Time | None = None
    facets: bool = False

    def filter(self) -> BookFilter:
        return BookFilter(status=self.status,
                          q=self.q,
                          title=self.title,
                          categories=tuple(self.category),
                          authors=tuple(self.author),
                          languages=tuple(filter(None, self.language)),
                          item_types=tuple(self.item_type),
                          available=self.available is not None,
                          isbn13=self.isbn,
                          year_from=self.year_from,
                          year_to=self.year_to,
                          since=self.since,
                          before=self.before,
                          facets=self.facets)


class BooksView(ListView):
    """With ``facets=true`` there is a member ``facets`` too: for ``category``, ``author``,
    ``language``, ``item_type`` and ``available`` the most frequent, each with its ``id``,
    ``label`` and ``count``."""

    books: list[BookView]
