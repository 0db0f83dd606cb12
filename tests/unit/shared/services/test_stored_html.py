from collections.abc import Iterator
from uuid import UUID

from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.stored_html import StoredHtml
from tests.fakes_article import WordRenderer


class Shelf:
    """Notes with the version of the renderer that made the HTML of each."""

    def __init__(self, *renderers: int) -> None:
        self.notes = {new_id(): renderer for renderer in renderers}
        self.gone: set[UUID] = set()

    def older_than(self, renderer: int | None) -> Iterator[tuple[UUID, str]]:
        for note_id, made_by in self.notes.items():
            if renderer is None or made_by < renderer:
                yield note_id, f'note {made_by}'

    def render_one(self, note_id: UUID, body: str) -> bool:
        assert body == f'note {self.notes[note_id]}'
        return note_id not in self.gone

    def stored_html(self, *, version: int) -> StoredHtml:
        return StoredHtml(things='notes',
                          sources=self,
                          markdown=WordRenderer(version),
                          render_one=self.render_one)


def test_what_an_older_renderer_made_is_made_anew() -> None:
    assert Shelf(1, 2, 3, 1).stored_html(version=3).render(everything=False) == 3


def test_everything_is_rendered_when_it_is_asked_for() -> None:
    assert Shelf(1, 2, 3).stored_html(version=3).render(everything=True) == 3


def test_what_went_away_is_not_counted() -> None:
    shelf = Shelf(1, 1)
    shelf.gone.add(next(iter(shelf.notes)))
    assert shelf.stored_html(version=2).render(everything=False) == 1
