"""The parser: CommonMark with tables, strikethrough, footnotes, attribute lists and Markdown
inside HTML blocks, guarded so that no text takes more than linear time."""

import re
from types import SimpleNamespace
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import blockquote, list_block, table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, html_inline
from markdown_it.token import Token
from markdown_it.utils import EnvType
from mdit_py_plugins.footnote.index import footnote_def, footnote_ref, footnote_tail

from talelio_backend.shared.data.markdown import attributes, containers, patience
from talelio_backend.shared.data.markdown.elements import Elements
from talelio_backend.shared.data.markdown.first_characters import ask_by_first_character

_MAX_URL_LENGTH = 4000
_PLAIN_URL = re.compile(r'https?://[a-z0-9.-]+/[A-Za-z0-9/._-]*', re.ASCII)
_INTERRUPTS_TEXT: RuleOptionsType = {'alt': ['paragraph', 'reference', 'blockquote']}
_INTERRUPTS_LISTS_TOO: RuleOptionsType = {'alt': ['paragraph', 'reference', 'blockquote', 'list']}


class Parser(MarkdownIt):

    helpers: Any

    def __init__(self) -> None:
        super().__init__('commonmark', {
            'maxNesting': patience.MAX_NESTING,
            'xhtmlOut': False
        },
                         renderer_cls=Elements)
        self.helpers = SimpleNamespace(parseLinkLabel=patience.parse_link_label,
                                       parseLinkDestination=self.helpers.parseLinkDestination,
                                       parseLinkTitle=self.helpers.parseLinkTitle)
        self.enable(['table', 'strikethrough'])
        self._add_block_rules()
        self._add_inline_rules()
        ask_by_first_character(self)

    def to_html(self, source: str) -> str:
        env: EnvType = {}
        patience.begin(env, len(source))
        containers.begin(env)
        html: str = self.render(source, env)
        return html

    # Taking an address apart is not linear; one this long is left as it is. So is a plain one, of
    # which nothing would change.

    def normalizeLink(self, url: str) -> str:
        if len(url) > _MAX_URL_LENGTH or _PLAIN_URL.fullmatch(url):
            return url
        return super().normalizeLink(url)

    def normalizeLinkText(self, link: str) -> str:
        return link if len(link) > _MAX_URL_LENGTH else super().normalizeLinkText(link)

    def _add_block_rules(self) -> None:
        rules = self.block.ruler
        rules.at('table', patience.narrow_table(table), {'alt': ['paragraph', 'reference']})
        rules.at('blockquote', patience.shallow(blockquote), _INTERRUPTS_LISTS_TOO)
        rules.at('list', patience.shallow(list_block), _INTERRUPTS_TEXT)
        rules.at('html_block', containers.html_block_outside_containers, _INTERRUPTS_TEXT)
        rules.before('table', 'patience', patience.lose_patience, {'alt': ['blockquote']})
        rules.before('table', 'attribute_list', attributes.block_rule)
        rules.before('reference', 'footnote_def', patience.shallow(footnote_def),
                     {'alt': ['paragraph', 'reference']})
        rules.before('html_block', 'markdown_in_html', containers.markdown_in_html,
                     _INTERRUPTS_TEXT)

    def _add_inline_rules(self) -> None:
        self.inline.ruler.at('html_inline', _html_inline)
        self.inline.ruler.after('image', 'footnote_ref', _footnote_ref)
        self.inline.ruler.push('attribute_list', attributes.inline_rule)
        self.core.ruler.at('inline', _inline)
        self.core.ruler.after('block', 'block_attributes', attributes.apply_to_blocks)
        self.core.ruler.after('inline', 'footnote_tail', footnote_tail)
        self.core.ruler.push('emphasis_attributes', attributes.apply_to_emphasis)


def _inline(state: StateCore) -> None:
    """The library's rule, but plain text is not parsed: it is what parsing would leave."""
    parser = state.md.inline
    for token in state.tokens:
        if token.type != 'inline' or not token.content:
            continue
        if token.children is None:
            token.children = []
        if parser.terminator_re.search(token.content):
            parser.parse(token.content, state.md, state.env, token.children)
        else:
            token.children.append(Token('text', '', 0, content=token.content))


def _footnote_ref(state: StateInline, silent: bool) -> bool:
    return patience.short_footnote_label(state) and footnote_ref(state, silent)


def _html_inline(state: StateInline, silent: bool) -> bool:
    """The library's rule, but comments end where CommonMark 0.31 says, found without its pattern,
    which reads on to the end of the text from each `<!--`."""
    start = state.pos
    if not state.src.startswith('<!--', start):
        return html_inline(state, silent)
    if state.src.startswith(('<!-->', '<!--->'), start):
        end = state.src.index('>', start) + 1
    elif state.html_terminator_last('-->') >= start + 4:
        end = state.src.index('-->', start + 4) + 3
    else:
        return False
    if not silent:
        state.push('html_inline', '', 0)
    state.pos = end
    return True
