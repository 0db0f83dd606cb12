"""What is sent and shown of imports, exports and metadata."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from talelio_backend.shared.presentation.lists import ListView
from talelio_backend.shared.presentation.schemas import Body, Query, Time, View

FormatName = Literal['csv', 'marc', 'marcxml', 'isbn']
DuplicatesName = Literal['skip', 'update', 'add_copies']
ImportStateName = Literal['queued', 'running', 'done', 'failed', 'cancelled']


class ImportQuery(Query):
    dry_run: bool = True
    duplicates: DuplicatesName = 'skip'


class IsbnsBody(Body):
    isbns: Annotated[list[Annotated[str, Field(max_length=80)]],
                     Field(min_length=1, max_length=2000)]


class ExportQuery(Query):
    format: Literal['csv', 'marcxml'] = 'csv'


class MetadataQuery(Query):
    isbn: Annotated[str, Field(min_length=1, max_length=80)]


class ProblemView(View):
    row: int
    pointer: str
    code: str
    detail: str


class ImportView(View):
    id: UUID
    format: FormatName
    dry_run: bool
    duplicates: DuplicatesName
    state: ImportStateName
    total: int
    processed: int
    created: int
    updated: int
    skipped: int
    failed: int
    problems: list[ProblemView]
    problems_total: int
    created_at: Time
    finished_at: Time | None


class ImportsView(ListView):
    imports: list[ImportView]


class ProblemsView(ListView):
    problems: list[ProblemView]


class MetadataView(View):
    isbn13: str
    title: str
    subtitle: str | None
    authors: list[str]
    publisher: str | None
    year: int | None
    language: str | None
    description: str | None
    source: str
