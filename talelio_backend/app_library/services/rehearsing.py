"""The catalogue as it would be after the records so far, of which nothing was stored."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from talelio_backend.app_library.domain.importing import Outcome
from talelio_backend.app_library.domain.judging import Wanted
from talelio_backend.app_library.domain.record import Person
from talelio_backend.app_library.services.deciding import Decision, category_of
from talelio_backend.app_library.services.intake_ports import KnownParent, KnownTitle, Shelf
from talelio_backend.shared.domain.ids import new_id


@dataclass(kw_only=True)
class Rehearsal:
    """What the records so far would have made. It grows with the file, and with nothing else."""

    titles: dict[UUID, KnownTitle] = field(default_factory=dict)
    by_isbn: dict[str, UUID] = field(default_factory=dict)
    by_title: dict[str, list[UUID]] = field(default_factory=dict)
    categories: dict[str, KnownParent] = field(default_factory=dict)
    authors: dict[tuple[str, str], KnownParent] = field(default_factory=dict)
    owners: dict[str, UUID] = field(default_factory=dict)

    def remember(self, decision: Decision) -> None:
        wanted = decision.wanted
        if wanted is None or decision.outcome is Outcome.SKIPPED:
            return
        before, added = decision.title, bool(decision.barcodes or decision.unnumbered)
        if before is not None and added:
            title = before
        else:
            title = self._title(wanted, before)
        for barcode in decision.barcodes:
            self.owners[barcode] = title.id

    def _title(self, wanted: Wanted, before: KnownTitle | None) -> KnownTitle:
        if before is None or wanted.category is not None:
            self.categories.setdefault(category_of(wanted).casefold(), _made())
        for person in wanted.authors:
            self.authors.setdefault(person.key, _made())
        title = KnownTitle(id=before.id if before else new_id(),
                           active=before.active if before else True,
                           title=wanted.title,
                           first_author=wanted.authors[0].full_name,
                           year=wanted.year if before is None or wanted.year else before.year,
                           isbn13=wanted.isbn13 or (before.isbn13 if before else None))
        self.titles[title.id] = title
        self.by_title.setdefault(title.title.casefold(), []).append(title.id)
        if title.isbn13 is not None:
            self.by_isbn[title.isbn13] = title.id
        return title


class RehearsedShelf:
    """See the port ``Shelf``: what is stored, and on top of it what would be."""

    def __init__(self, stored: Shelf, rehearsal: Rehearsal) -> None:
        self._stored = stored
        self._made = rehearsal

    def of_isbn(self, isbn13: str) -> KnownTitle | None:
        made = self._made.by_isbn.get(isbn13)
        return self._stored.of_isbn(isbn13) if made is None else self._made.titles[made]

    def titled(self, title: str) -> Sequence[KnownTitle]:
        changed = self._made.titles
        folded = title.casefold()
        found = {
            known.id: known
            for known in self._stored.titled(title) if known.id not in changed
        }
        for title_id in self._made.by_title.get(folded, ()):
            if changed[title_id].title.casefold() == folded:
                found[title_id] = changed[title_id]
        return [found[title_id] for title_id in sorted(found)]

    def category(self, name: str) -> KnownParent | None:
        return self._stored.category(name) or self._made.categories.get(name.casefold())

    def author(self, person: Person) -> KnownParent | None:
        return self._stored.author(person) or self._made.authors.get(person.key)

    def has_item_type(self, item_type: str) -> bool:
        return self._stored.has_item_type(item_type)

    def owner_of(self, barcode: str) -> UUID | None:
        return self._stored.owner_of(barcode) or self._made.owners.get(barcode)


def _made() -> KnownParent:
    return KnownParent(id=new_id(), active=True)
