"""Carries out what was decided on a record, with the aggregates that staff use as well."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from talelio_backend.app_library.domain.author import Author
from talelio_backend.app_library.domain.book import Book, Contribution, Role
from talelio_backend.app_library.domain.category import Category
from talelio_backend.app_library.domain.copy import Condition, Copy
from talelio_backend.app_library.domain.importing import Duplicates, Outcome
from talelio_backend.app_library.domain.judging import Wanted
from talelio_backend.app_library.domain.record import Person
from talelio_backend.app_library.services import queueing
from talelio_backend.app_library.services.cataloguing import NewBook, add_book, edit_book
from talelio_backend.app_library.services.copies import title_of
from talelio_backend.app_library.services.deciding import Decision, category_of, item_type_of
from talelio_backend.app_library.services.intake_ports import IntakeUnitOfWork


def take(uow: IntakeUnitOfWork, decision: Decision, duplicates: Duplicates, *,
         reserved: Collection[str], now: datetime) -> Book | None:
    """The book that was made or changed. The caller holds the catalogue's lock. ``reserved`` are
    barcodes that the file names: the library gives them to nobody else.

    Raises what ``add_book`` and ``edit_book`` raise.
    """
    wanted = decision.wanted
    if wanted is None or decision.outcome not in (Outcome.CREATED, Outcome.UPDATED):
        return None
    if decision.title is None:
        book = add_book(uow, _new_book(uow, wanted, now), copies=0, now=now)
    else:
        found = uow.books.locked(decision.title.id)
        assert found is not None  # it was there under the same lock
        book = found
        if duplicates is Duplicates.UPDATE:
            edit_book(uow, book, _changes(uow, wanted, now), now=now)
    _add_copies(uow, book, decision, reserved, now)
    return book


def _new_book(uow: IntakeUnitOfWork, wanted: Wanted, now: datetime) -> NewBook:
    category_id, authors = _category(uow, category_of(wanted), now), _authors(uow, wanted, now)
    uow.flush()
    return NewBook(title=wanted.title,
                   subtitle=wanted.subtitle,
                   authors=authors,
                   category_id=category_id,
                   item_type=item_type_of(wanted),
                   description=wanted.description or '',
                   isbn13=wanted.isbn13,
                   publisher=wanted.publisher,
                   year=wanted.year,
                   language=wanted.language)


def _changes(uow: IntakeUnitOfWork, wanted: Wanted, now: datetime) -> dict[str, Any]:
    """What the record says; what it is silent about stays."""
    said: dict[str, Any] = {
        name: getattr(wanted, name)
        for name in ('title', 'subtitle', 'item_type', 'description', 'isbn13', 'publisher',
                     'year', 'language')
    }
    if wanted.category is not None:
        said['category_id'] = _category(uow, wanted.category, now)
    said['authors'] = _authors(uow, wanted, now)
    uow.flush()
    return {name: value for name, value in said.items() if value is not None}


def _category(uow: IntakeUnitOfWork, name: str, now: datetime) -> UUID:
    known = uow.shelf.category(name)
    if known is not None:
        return known.id
    category = Category.create(name=name, now=now)
    uow.categories.add(category)
    return category.id


def _authors(uow: IntakeUnitOfWork, wanted: Wanted, now: datetime) -> tuple[Contribution, ...]:
    """One person who had two parts is made once."""
    ids: dict[tuple[str, str], UUID] = {}
    for person in wanted.authors:
        if person.key not in ids:
            ids[person.key] = _author(uow, person, now)
    return tuple(
        Contribution(author_id=ids[person.key], role=Role(person.role))
        for person in wanted.authors)


def _author(uow: IntakeUnitOfWork, person: Person, now: datetime) -> UUID:
    known = uow.shelf.author(person)
    if known is not None:
        return known.id
    author = Author.create(given_name=person.given_name, family_name=person.family_name, now=now)
    uow.authors.add(author)
    return author.id


def _add_copies(uow: IntakeUnitOfWork, book: Book, decision: Decision, reserved: Collection[str],
                now: datetime) -> None:
    barcodes = [*decision.barcodes, *_drawn(uow, decision.unnumbered, reserved)]
    for barcode in barcodes:
        uow.copies.add(
            Copy.acquire(book_id=book.id,
                         title=book.title,
                         barcode=barcode,
                         condition=Condition.GOOD,
                         note='',
                         now=now))
    if barcodes and decision.title is not None:
        uow.flush()
        queueing.settle(uow, title_of(book), now=now)


def _drawn(uow: IntakeUnitOfWork, count: int, reserved: Collection[str]) -> Sequence[str]:
    """Barcodes that no copy has, nor will have when the file is through."""
    found: list[str] = []
    while len(found) < count:
        more = uow.copies.next_barcodes(count - len(found))
        found += [barcode for barcode in more if barcode not in reserved]
    return found
