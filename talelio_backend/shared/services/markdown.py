from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedMarkdown:
    """What one Markdown source becomes.

    - `html`: a sanitised fragment, safe to put into a page as it is.
    - `table_of_contents`: `<div class="toc">` with a nested list of links, each naming exactly one
      heading of `html`, in order; empty without headings.
    - `text`: the words of the document without code blocks, white space collapsed.
    - `word_count` and `reading_minutes` are those of `text`, at 200 words a minute, at least 1.
    - `links`: every `src` of an image and `href` of a link in `html`, in order, without repeats.
    - `version`: the renderer's; stored HTML of a lower one is to be made anew.
    """

    html: str
    table_of_contents: str
    text: str
    word_count: int
    reading_minutes: int
    links: tuple[str, ...]
    version: int


class MarkdownRenderer(Protocol):
    """Makes HTML of Markdown: CommonMark 0.31 with tables, footnotes and attribute lists."""

    @property
    def version(self) -> int:
        """Rises whenever one and the same source would give other HTML."""
        ...

    def render(self, source: str) -> RenderedMarkdown:
        """Renders any text whatever, broken and hostile ones too, in time linear in its length.

        Raises nothing; may be called from several threads at once.
        """
        ...
