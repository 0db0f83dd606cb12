"""What becomes of a record. Whoever only wants to know asks the same as who carries it out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from talelio_backend.app_library.domain.importing import Duplicates, Outcome
from talelio_backend.app_library.domain.judging import Judge, Wanted
from talelio_backend.app_library.domain.record import DEFAULT_ITEM_TYPE, UNCATEGORISED, Record
from talelio_backend.app_library.services.intake_ports import KnownTitle, Shelf
from talelio_backend.shared.domain.errors import Fault


@dataclass(frozen=True, kw_only=True)
class Decision:
    """``title`` is the one that is there already. ``barcodes`` are of new copies; ``unnumbered``
    is the number of those that the library gives a barcode. ``wanted`` is None of a record that
    is refused."""

    outcome: Outcome
    faults: tuple[Fault, ...]
    wanted: Wanted | None = None
    title: KnownTitle | None = None
    barcodes: tuple[str, ...] = ()
    unnumbered: int = 0


def decide(shelf: Shelf, record: Record, duplicates: Duplicates, *, now: datetime) -> Decision:
    judge = Judge(record, now=now)
    wanted = judge.wanted()
    faults = [*record.remarks, *judge.faults]
    if wanted is None:
        return _refused(faults)
    if wanted.item_type is not None and not shelf.has_item_type(wanted.item_type):
        return _refused([*faults, Fault('/item_type', 'unknown', 'there is no such item type')])
    title = same_title(shelf, wanted)
    if title is None:
        return _new(shelf, wanted, faults)
    if duplicates is Duplicates.SKIP:
        return Decision(outcome=Outcome.SKIPPED, faults=tuple(faults), wanted=wanted, title=title)
    if duplicates is Duplicates.ADD_COPIES:
        return _more_copies(shelf, wanted, title, faults)
    return _changed(shelf, wanted, title, faults)


def same_title(shelf: Shelf, wanted: Wanted) -> KnownTitle | None:
    """By the ISBN where there is one, else by title, first author and year."""
    if wanted.isbn13 is not None:
        return shelf.of_isbn(wanted.isbn13)
    first = wanted.authors[0].full_name.casefold()
    return next((known for known in shelf.titled(wanted.title)
                 if known.first_author.casefold() == first and known.year == wanted.year), None)


def _refused(faults: Sequence[Fault]) -> Decision:
    return Decision(outcome=Outcome.FAILED, faults=tuple(faults))


def _new(shelf: Shelf, wanted: Wanted, faults: Sequence[Fault]) -> Decision:
    found = [*_inactive_parents(shelf, wanted), *_taken(shelf, wanted.barcodes, wanted.barcodes)]
    if found:
        return _refused([*faults, *found])
    return Decision(outcome=Outcome.CREATED,
                    faults=tuple(faults),
                    wanted=wanted,
                    barcodes=wanted.barcodes,
                    unnumbered=wanted.copies - len(wanted.barcodes))


def _more_copies(shelf: Shelf, wanted: Wanted, title: KnownTitle,
                 faults: Sequence[Fault]) -> Decision:
    """Copies whose barcodes the title has already are there already."""
    new = tuple(code for code in wanted.barcodes if shelf.owner_of(code) != title.id)
    taken = [*_taken(shelf, new, wanted.barcodes)]
    if taken:
        return _refused([*faults, *taken])
    unnumbered = wanted.copies - len(wanted.barcodes)
    outcome = Outcome.UPDATED if new or unnumbered else Outcome.SKIPPED
    return Decision(outcome=outcome,
                    faults=tuple(faults),
                    wanted=wanted,
                    title=title,
                    barcodes=new,
                    unnumbered=unnumbered)


def _changed(shelf: Shelf, wanted: Wanted, title: KnownTitle, faults: Sequence[Fault]) -> Decision:
    """What the record says of the title; its copies stay as they are."""
    inactive = [*_inactive_parents(shelf, wanted)] if title.active else []
    if inactive:
        return _refused([*faults, *inactive])
    left_out = [
        Fault(f'/barcodes/{place}', 'not_taken', 'a title that is changed keeps its copies')
        for place, code in enumerate(wanted.barcodes) if shelf.owner_of(code) != title.id
    ]
    return Decision(outcome=Outcome.UPDATED,
                    faults=(*faults, *left_out),
                    wanted=wanted,
                    title=title)


def category_of(wanted: Wanted) -> str:
    return wanted.category or UNCATEGORISED


def item_type_of(wanted: Wanted) -> str:
    return wanted.item_type or DEFAULT_ITEM_TYPE


def _inactive_parents(shelf: Shelf, wanted: Wanted) -> Iterator[Fault]:
    category = shelf.category(category_of(wanted))
    if category is not None and not category.active:
        yield Fault('/category', 'parent_inactive', 'the category is inactive')
    for place, person in enumerate(wanted.authors):
        author = shelf.author(person)
        if author is not None and not author.active:
            yield Fault(f'/authors/{place}', 'parent_inactive', 'the author is inactive')


def _taken(shelf: Shelf, barcodes: Sequence[str], named: Sequence[str]) -> Iterator[Fault]:
    """``named`` are all barcodes of the record, for the place of each."""
    for barcode in barcodes:
        if shelf.owner_of(barcode) is not None:
            yield Fault(f'/barcodes/{named.index(barcode)}', 'barcode_taken',
                        'another copy has this barcode')
