from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from talelio_backend.shared.services.markdown import MarkdownRenderer


class Sources(Protocol):
    """The Markdown of one kind of things, read outside of any unit of work."""

    def older_than(self, renderer: int | None) -> Iterator[tuple[UUID, str]]:
        """Ids and bodies of those whose HTML an older renderer made, or with None of all, a few at
        a time."""
        ...


@dataclass(frozen=True, kw_only=True)
class StoredHtml:
    """The HTML that an area keeps of its Markdown, to be made anew when the renderer has changed.

    ``things`` is what an operator calls them. ``render_one`` takes the id of one and its body; it
    answers whether the HTML is of that body now: not when the thing is gone or was edited
    meanwhile.
    """

    things: str
    sources: Sources
    markdown: MarkdownRenderer
    render_one: Callable[[UUID, str], bool]

    def render(self, *, everything: bool) -> int:
        """Renders what an older renderer made, or everything; answers how many."""
        wanted = None if everything else self.markdown.version
        return sum(self.render_one(*one) for one in self.sources.older_than(wanted))
