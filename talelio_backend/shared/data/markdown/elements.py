"""How tokens become HTML where the library's way is not ours."""

import re
from collections.abc import Sequence

from markdown_it.common.utils import escapeHtml, unescapeAll
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from talelio_backend.shared.data.markdown.raw_html import canonical_html

_NOT_IN_LANGUAGE = re.compile(r'[^\w+#-]+')


class Elements(RendererHTML):
    """Each method renders the tokens of its name. Ids of footnotes hold a colon, which no id of a
    heading does."""

    def html_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict,
                   env: EnvType) -> str:
        return canonical_html(tokens[idx].content)

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict,
                    env: EnvType) -> str:
        return canonical_html(tokens[idx].content)

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        language = _language(token.info)
        if language:
            token.attrJoin('class', f'language-{language}')
        return f'<pre><code{self.renderAttrs(token)}>{escapeHtml(token.content)}</code></pre>\n'

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict,
                env: EnvType) -> str:
        """Styles do not pass the sanitiser: the alignment of a column is a class."""
        style = str(tokens[idx].attrs.pop('style', ''))
        if style:
            tokens[idx].attrJoin('class', style.replace('text-align:', 'align-'))
        return self.renderToken(tokens, idx, options, env)

    td_open = th_open

    def footnote_ref(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        number, reference = _numbers(tokens[idx])
        return (f'<sup class="footnote-ref"><a href="#fn:{number}" id="fnref:{reference}">'
                f'[{number}]</a></sup>')

    def footnote_block_open(self, *_: object) -> str:
        return '<section class="footnotes">\n<ol>\n'

    def footnote_block_close(self, *_: object) -> str:
        return '</ol>\n</section>\n'

    def footnote_open(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        return f'<li id="fn:{_numbers(tokens[idx])[0]}" class="footnote-item">'

    def footnote_close(self, *_: object) -> str:
        return '</li>\n'

    def footnote_anchor(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        # The variation selector keeps the arrow a sign of the text rather than a picture.
        return (f' <a href="#fnref:{_numbers(tokens[idx])[1]}" class="footnote-backref">'
                '\u21a9\ufe0e</a>')


def _numbers(footnote: Token) -> tuple[str, str]:
    """The number of a footnote, and that of this reference to it."""
    number, repeat = footnote.meta['id'] + 1, footnote.meta.get('subId', 0)
    return str(number), f'{number}:{repeat}' if repeat else str(number)


def _language(info: str) -> str:
    """The first word of an info string as a class name: `c++` is `cpp`, `c#` is `csharp`."""
    word = unescapeAll(info).strip().partition(' ')[0]
    return _NOT_IN_LANGUAGE.sub('', word).replace('+', 'p').replace('#', 'sharp')
