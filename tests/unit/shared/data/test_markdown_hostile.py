"""Time is counted here, not measured: in calls of functions, of Python's and of C's."""

import sys
from types import FrameType

import pytest

from talelio_backend.shared.data.markdown.renderer import CommonMarkRenderer
from tests.unit.shared.data.markdown_reader import read_html

RENDERER = CommonMarkRenderer(frozenset({'site.example'}))

# Coverage would take three times as long as the work, and what it sees here it sees elsewhere.
pytestmark = pytest.mark.no_cover

_REPEATED = [
    '[', '![', '[a](', '[a](b "', '[a][', '[]', '[[]', '][', '[a\n', '[a]: b "c\n', '*a', '_a',
    '*a_b', '*a **b ', 'a**b', '~~a', '~~~a ', '`', '``a', '`a``b', '>', '> ', '>\n', '> a\n\n',
    '- ', '- a\n', '1. ', '<', '<a ', '<a b="', '</', 'x<!--', 'x<?', 'x<!a', '<b>', '<b a=1>',
    '<div>', '<ul><li>', '<table>x', '<table><tr><td>', '<p><b>', '<h1>', '<a href=x>', '<script>',
    '<div markdown>\n', '<div markdown>\n</div>\n', '<div class="gallery">\n![](a)\n</div>\n',
    '[^', '[^a]', '[^a]: ', '[^a]: b\n\n', '^[', '{', '{.a}\n', '![](a){.b}', '*a*{.b}', 'a|b\n',
    '|a|\n|-|\n', '|a\n|-\n', '# a\n', '#\n', 'a\n=\n', 'a\n', '    a\n', '```\n', '&', '\\',
    '<http://a.b>', '&amp;', '<img src=a>'
]
_SURROUNDED = [
    ('>' * 99 + 'a\n', 'b\n', ''),
    ('- > ' * 30 + 'a\n', 'b\n', ''),
    ('- ' * 48 + 'a\n', ' ' * 96 + '- b\n', ''),
    ('[' * 99, '*a', ']' * 99),
    ('![' * 99, '*a', '](b)' * 99),
    ('[a]: b\n\n' + '[' * 99, 'a', ']' * 99),
    ('[^a]: b\n\n', '[^x', ''),
    ('[^a]: ' * 40 + '\n', 'b\n', ''),
    ('|' + 'a|' * 150 + '\n|' + '-|' * 150 + '\n', 'b\n', ''),
    ('a ', '<!--a', '---->'),
    ('a' + ''.join(f'<b class=c{number}>' for number in range(96)), '<p>x</p>', ''),
    ('<p>' + ''.join(f'<b class=c{number}>' for number in range(90)), '<p>x', ''),
    ('<table>', '<b>x</b>', ''),
    ('<div markdown>\n' * 9, 'a\n', '</div>\n' * 9),
    ('<div', ' class=', '>\n</div>'),
    ('<a href="java', ' ', 'script:x">'),
    ('<http://a/', '%c3', '>'),
    ('*' * 99, '*a', '*{.a}' * 99),
    ('# ', '\u0301', ''),
]


def calls_of(source: str) -> int:
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        del frame, event, argument
        calls += 1

    sys.setprofile(count)
    try:
        RENDERER.render(source)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize('piece', _REPEATED)
def test_twice_the_text_is_twice_the_work(piece: str) -> None:
    times = 2000 // len(piece)
    assert calls_of(piece * times * 2) < 2.5 * calls_of(piece * times)


@pytest.mark.parametrize('before, piece, after', _SURROUNDED)
def test_twice_the_text_is_twice_the_work_within(before: str, piece: str, after: str) -> None:
    times = 2000 // len(piece)
    once = calls_of(before + piece * times + after)
    assert calls_of(before + piece * times * 2 + after) < 2.5 * once


_ENDLESS = [
    ('', '[', ''),
    ('', '> ', ''),
    ('', '*a ', ''),
    ('>' * 99 + 'a\n', 'b\n', ''),
    ('![' * 99, '[*a', '](b)' * 99),
    ('', '<div><b>', ''),
]


def test_500_000_characters_end() -> None:
    share = 500_000 // len(_ENDLESS)
    source = '\n\n'.join(before + piece * ((share - len(before + after) - 2) // len(piece)) + after
                         for before, piece, after in _ENDLESS)
    assert 499_000 < len(source) <= 500_000
    page = RENDERER.render(source)
    assert len(page.html) < 5 * len(source)


@pytest.mark.parametrize('opening', ['>', '- ', '1. ', '[^a]: ', '> - ', '*', '[', '<b>', '<div>'])
def test_text_in_the_deepest_nesting_is_kept(opening: str) -> None:
    page = RENDERER.render(f'[^a]\n\n{opening * 500}here')
    assert 'here' in page.text
    assert read_html(page.html).deepest <= 100


def test_short_rows_do_not_blow_a_table_up() -> None:
    table = '|' + 'a|' * 150 + '\n|' + '-|' * 150 + '\n' + 'b\n' * 300 + '\n'
    assert len(RENDERER.render(table * 50).html) < 3_000_000


def test_tables_of_people_stay_whole() -> None:
    table = 'a|b|c\n-|-|-\n' + '1|2|3\n' * 6000
    assert RENDERER.render(table).html.count('<td>') == 18000


def test_links_of_people_stay_links() -> None:
    source = 'A [link](/a), a [broken one and ![picture](/b). [x] ' * 2000
    page = RENDERER.render(source).html
    assert page.count('<a ') == page.count('<img ') == 2000


def test_quotes_of_people_stay_whole() -> None:
    assert RENDERER.render('> > a\n' + 'b\n' * 3000).html.count('<blockquote>') == 2
