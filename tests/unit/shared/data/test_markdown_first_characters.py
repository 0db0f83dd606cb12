"""The parser asks fewer rules than the library's would, and must find the same."""

import random

import pytest

from talelio_backend.shared.data.markdown import syntax
from talelio_backend.shared.data.markdown.syntax import Parser

_PIECES = [
    '[', '![', '[a](', '[a](b "', ')', ']', '](x)', '*', '**', '_', '~~', '`', '``', '```\n',
    '~~~ x\n', '>', '> ', '\n', '\n\n', '    ', '\t', ' ', '  \n', '\\', '- ', '+ ', '* ', '1. ',
    '2) ', '---\n', '***\n', '===\n', '- - -\n', '# ', '###### ', ' #\n', '<', '<b>', '</b>',
    '<p>', '<div>', '</div>\n', '<div markdown>\n', '<div class="gallery">\n', '![x](c.png)',
    '<!-- ', '-->', '<http://a.b/c>', '&amp;', '&', '|', '|a|b|\n|-|:-:|\n', '|c|d|\n', '[^1]',
    '[^1]: note\n', '{.wide}', '{#top .x}', '{: title="t"}\n', '{', '}', '[r]',
    '[r]: http://e "T"\n', 'word', 'two words', '\u00e9', '\u0661', '-', '+', ':', '=', '@', '^',
    '$', '%', '!', '"'
]


def documents(number: int) -> list[str]:
    chance = random.Random(7)
    return [
        ''.join(chance.choices(chance.sample(_PIECES, 12), k=chance.choice([4, 12, 30])))
        for _ in range(number)
    ]


def test_fewer_questions_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    asking_few = Parser()
    monkeypatch.setattr(syntax, 'ask_by_first_character', lambda parser: None)
    asking_all = Parser()
    for source in documents(1500):
        assert asking_few.to_html(source) == asking_all.to_html(source), source
