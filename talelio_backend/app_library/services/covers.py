"""Tells the area of images which one a book shows, so that none is deleted under it."""

from uuid import UUID

from talelio_backend.app_assets.domain.events import ImagesShown
from talelio_backend.app_library.domain.book import Book

Shown = tuple[str, UUID | None]
"""What that area knows of a book: its title and its cover."""


def shown_by(book: Book) -> Shown:
    return book.title, book.cover_image_id


def tell_cover(book: Book, *, former: Shown) -> None:
    """Where it is another one now, or stands under another title."""
    title, cover_id = shown_by(book)
    if (title, cover_id) == former or (cover_id is None and former[1] is None):
        return
    book.record(
        ImagesShown(kind='book',
                    thing_id=book.id,
                    title=title,
                    owner_id=None,
                    image_ids=() if cover_id is None else (cover_id, )))
