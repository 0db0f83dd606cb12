"""HTML read by the standard library: independent of what the renderer reads and writes it with."""

from html.parser import HTMLParser

VOID = frozenset(('br', 'hr', 'img', 'wbr'))


class HtmlReader(HTMLParser):

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.deepest = 0
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(set(names)) < len(names) or None in dict(attrs).values():
            self.faults.append(f'attributes of {tag}: {attrs}')
        self.elements.append((tag, {name: value or '' for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)
            self.deepest = max(self.deepest, len(self.open))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f'end of {tag}')

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.faults.append(f'comment {data}')

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f'declaration {decl}')

    def unknown_decl(self, data: str) -> None:
        self.faults.append(f'declaration {data}')

    def handle_pi(self, data: str) -> None:
        self.faults.append(f'instruction {data}')


def read_html(html: str) -> HtmlReader:
    reader = HtmlReader()
    reader.feed(html)
    reader.close()
    reader.faults += reader.open
    return reader
