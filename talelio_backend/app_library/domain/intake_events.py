"""What happens to the catalogue as a whole."""

from dataclasses import dataclass
from uuid import UUID

from talelio_backend.shared.domain.events import Event, Target


@dataclass(frozen=True, kw_only=True)
class ImportEvent(Event):
    import_id: UUID
    format: str
    dry_run: bool

    @property
    def target(self) -> Target:
        return Target('import', self.import_id, self.format)

    @property
    def kind(self) -> str:
        return 'dry run of an import' if self.dry_run else 'import'


@dataclass(frozen=True, kw_only=True)
class ImportStarted(ImportEvent):
    action = 'import_started'
    activity = 'Started the {kind} of books ({format})'


@dataclass(frozen=True, kw_only=True)
class ImportFinished(ImportEvent):
    """``state`` says how."""

    action = 'import_finished'
    activity = 'The {kind} of books ({format}) is {state}: {created} new, {updated} changed'

    state: str
    created: int
    updated: int


@dataclass(frozen=True, kw_only=True)
class CatalogueExported(Event):
    """A read, and recorded all the same: it carries the whole catalogue away."""

    action = 'catalogue_exported'
    activity = 'Exported the catalogue as {format}'

    format: str
