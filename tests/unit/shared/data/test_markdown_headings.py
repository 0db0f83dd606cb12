import re
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talelio_backend.shared.data.markdown.renderer import CommonMarkRenderer
from tests.unit.shared.data.markdown_reader import read_html

RENDERER = CommonMarkRenderer(frozenset({'site.example'}))

_MARKDOWN = st.lists(
    st.sampled_from([
        '# ', '## ', '###### ', 'a', 'a-1', 'b c', '\u00e4', '\u65e5', '!', '\n', '\n\n', '> ',
        '- ', '\n---\n', '<h2>', '<h3 id="a">', '</h2>', '<h1 id="fn:1">', '*', '`', '{#a}',
        '{#x}', '[^1]', '\n\n[^1]: # a\n', '<div markdown>\n', '\n</div>\n', '<table>', '<p>',
        '<a href=#a>'
    ])).map(''.join)


def contents(source: str) -> str:
    return RENDERER.render(source).table_of_contents


def ids(source: str) -> list[str]:
    return re.findall(r'<h[1-6] id="([^"]*)"', RENDERER.render(source).html)


def test_heading_id_is_the_slug_of_its_text() -> None:
    assert ids('# The *River\'s* `End`\n\nSetext\n---\n###### \u00dcber\u00adall') == [
        'the-rivers-end', 'setext', 'uber-all'
    ]


def test_repeated_headings_are_numbered_from_1() -> None:
    assert ids('# a\n# a\n# a') == ['a', 'a-1', 'a-2']


def test_numbers_never_meet_the_slug_of_another_heading() -> None:
    assert ids('# a-1\n# a\n# a\n# a 1') == ['a-1', 'a', 'a-2', 'a-1-1']


def test_headings_of_html_count() -> None:
    source = '<h2>Raw</h2>\n\ntext <h3 class="x">in <b>line</b>\n\n# Last'
    assert ids(source) == ['raw', 'in-line', 'last']
    assert contents(source).count('<a href=') == 3


def test_id_of_the_author_stays_where_it_is_legal() -> None:
    assert ids('# A {#my_id}\n\n<h2 id="x y">B</h2>\n\n<h2 id="my_id">C</h2>') == [
        'my_id', 'b', 'my_id-1'
    ]


def test_heading_without_letters_has_an_id() -> None:
    assert ids('# !\n#') == ['article', 'article-1']
    assert '<a href="#article">!</a>' in contents('# !')


def test_footnotes_and_headings_share_no_id() -> None:
    page = RENDERER.render('# fn:1\n\n<h2 id="fn:1">a</h2>\n\nb[^1]\n\n[^1]: c').html
    found = re.findall(r' id="([^"]*)"', page)
    assert len(found) == len(set(found)) == 4


def test_contents_nest_by_level() -> None:
    assert contents('## A\n#### B <&\n### C\n## D\n# E') == (
        '<div class="toc"><ul><li><a href="#a">A</a>'
        '<ul><li><a href="#b">B &lt;&amp;</a></li><li><a href="#c">C</a></li></ul></li>'
        '<li><a href="#d">D</a></li><li><a href="#e">E</a></li></ul></div>')


def test_contents_are_empty_without_headings() -> None:
    assert contents('no heading\n\n    # code') == ''


@pytest.mark.parametrize('heading',
                         ['\u041f\u0440\u0438\u0432\u0435\u0442', '50 % & more', '\u65e5\u672c'])
def test_id_and_fragment_are_spelt_alike(heading: str) -> None:
    [heading_id] = ids(f'# {heading}')
    assert f'href="#{heading_id}"' in contents(f'# {heading}')


@settings(deadline=None)
@given(_MARKDOWN)
def test_each_entry_names_exactly_one_heading_in_order(source: str) -> None:
    page = RENDERER.render(source)
    elements = read_html(page.html).elements
    heading_ids = [values['id'] for name, values in elements if re.fullmatch('h[1-6]', name)]
    entries = read_html(page.table_of_contents)
    hrefs = [values['href'] for name, values in entries.elements if name == 'a']
    assert hrefs == [f'#{heading_id}' for heading_id in heading_ids]
    every_id = [values['id'] for _, values in elements if 'id' in values]
    assert len(set(every_id)) == len(every_id)
    assert all(unquote(heading_id) == heading_id for heading_id in heading_ids)
    assert {name for name, _ in entries.elements} <= {'div', 'ul', 'li', 'a'}
