import re

from talelio_backend.shared.data.markdown.galleries import unwrapped_galleries
from talelio_backend.shared.data.markdown.nesting import nested_properly
from talelio_backend.shared.data.markdown.outline import outlined
from talelio_backend.shared.data.markdown.policy import make_cleaner
from talelio_backend.shared.data.markdown.sites import Sites
from talelio_backend.shared.data.markdown.syntax import Parser
from talelio_backend.shared.data.markdown.table_of_contents import table_of_contents
from talelio_backend.shared.domain.text import normalize_newlines
from talelio_backend.shared.services.markdown import RenderedMarkdown

VERSION = 1

_WORDS_A_MINUTE = 200
_SURROGATES = re.compile('[\ud800-\udfff]')
# The libraries fill caches at first use without a lock; so that is before a second thread comes.
_SAMPLE = '# a\n\n> - [b](http://c/d) *e* <http://f/%C3%A4>\n\n| g |\n| - |\n\n<p>h</p>\n'


class CommonMarkRenderer:
    """The port `MarkdownRenderer` with markdown-it-py and nh3.

    Source -> HTML -> canonical tags, properly nested -> sanitised -> ids, contents, links, words.
    `own_hosts` are the `host` or `host:port` of the addresses of this site. Build it once: it
    holds no state of a rendering and serves any number of threads.
    """

    def __init__(self, own_hosts: frozenset[str]) -> None:
        self._sites = Sites(own_hosts)
        self._parser = Parser()
        self._cleaner = make_cleaner()
        self.render(_SAMPLE)

    @property
    def version(self) -> int:
        return VERSION

    def render(self, source: str) -> RenderedMarkdown:
        html = self._parser.to_html(_SURROGATES.sub('\ufffd', normalize_newlines(source)))
        clean = self._cleaner.clean(nested_properly(html))
        outline = outlined(unwrapped_galleries(clean), self._sites)
        words = len(outline.text.split())
        return RenderedMarkdown(html=outline.html,
                                table_of_contents=table_of_contents(outline.headings),
                                text=outline.text,
                                word_count=words,
                                reading_minutes=max(1, -(-words // _WORDS_A_MINUTE)),
                                links=outline.links,
                                version=VERSION)
