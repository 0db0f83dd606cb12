from concurrent.futures import ThreadPoolExecutor

import pytest

from talelio_backend.shared.data.markdown.renderer import CommonMarkRenderer
from talelio_backend.shared.services.markdown import MarkdownRenderer

RENDERER: MarkdownRenderer = CommonMarkRenderer(frozenset({'site.example', 'api.example:8443'}))


def html(source: str) -> str:
    return RENDERER.render(source).html.strip()


@pytest.mark.parametrize('source, expected', [
    ('one\ntwo\n\nthree', '<p>one\ntwo</p>\n<p>three</p>'),
    ('*a* **b** ~~c~~ `d`', '<p><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>'),
    ('> a', '<blockquote>\n<p>a</p>\n</blockquote>'),
    ('3. a\n4. b', '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
    ('- a\n- b', '<ul>\n<li>a</li>\n<li>b</li>\n</ul>'),
    ('[a](/b "c")', '<p><a href="/b" title="c">a</a></p>'),
    ('a  \nb', '<p>a<br>\nb</p>'),
    ('1 < 2 & 3', '<p>1 &lt; 2 &amp; 3</p>'),
    ('a\r\nb\rc', '<p>a\nb\nc</p>'),
])
def test_commonmark(source: str, expected: str) -> None:
    assert html(source) == expected


def test_table_keeps_alignment_as_a_class() -> None:
    table = html('|a|b|\n|-|-:|\n|1|2|')
    assert '<th>a</th>' in table
    assert '<td class="align-right">2</td>' in table


def test_fenced_code_is_escaped_and_names_its_language() -> None:
    assert html('```python title="x"\n<b>*a*</b> [b](c)\n```') == (
        '<pre><code class="language-python">&lt;b&gt;*a*&lt;/b&gt; [b](c)\n</code></pre>')


@pytest.mark.parametrize('info, name', [('c++', 'cpp'), ('C#', 'Csharp'), ('{.ruby}', 'ruby')])
def test_language_is_a_legal_class_name(info: str, name: str) -> None:
    assert f'class="language-{name}"' in html(f'~~~ {info}\nx\n~~~')


def test_footnotes_link_both_ways() -> None:
    page = html('a[^n] b[^n]\n\n[^n]: *Note*.')
    assert '<a href="#fn:1" id="fnref:1">[1]</a>' in page
    assert '<a href="#fn:1" id="fnref:1:1">[1]</a>' in page
    assert '<li id="fn:1" class="footnote-item"><p><em>Note</em>. <a href="#fnref:1"' in page
    assert 'target' not in page


@pytest.mark.parametrize('source, expected', [
    ('![a](b){width=10 .x}', '<img src="b" alt="a" width="10" class="x" loading="lazy">'),
    ('![a](b){: height="20%" }', '<img src="b" alt="a" height="20%" loading="lazy">'),
    ('[a](/b){: title="A c" .x .y}', '<a href="/b" title="A c" class="x y">a</a>'),
    ('*a*{.x} **b**{.y}', '<em class="x">a</em> <strong class="y">b</strong>'),
    ('text\n{: .x }', '<p class="x">text</p>'),
    ('{.x}\n> a', '<blockquote class="x">'),
    ('# A {#b .c}', '<h1 id="b" class="c">A</h1>'),
])
def test_attribute_lists(source: str, expected: str) -> None:
    assert expected in html(source)


@pytest.mark.parametrize('source', ['{braces}', 'a {.b}', '![a](b){x', '# set {1, 2}', '*a*{}'])
def test_braces_of_text_stay(source: str) -> None:
    assert source[source.index('{'):] in html(source)


def test_markdown_inside_html_blocks() -> None:
    assert html('<section class="note" markdown="1">\n\n# T\n\n- *a*\n\n</section>') == (
        '<section class="note">\n<h1 id="t">T</h1>\n<ul>\n<li><em>a</em></li>\n</ul>\n</section>')


def test_html_blocks_without_the_word_are_html() -> None:
    assert html('<div>\n*a*\n</div>') == '<div>\n*a*\n</div>'


def test_markdown_blocks_nest_and_skip_code() -> None:
    page = html(
        '<div markdown>\n<div markdown>\n*a*\n</div>\n```\n</div>\n```\n*b*\n</div>\n\n*c*')
    assert page == (
        '<div>\n<div>\n<p><em>a</em></p>\n</div>\n<pre><code>&lt;/div&gt;\n</code></pre>'
        '\n<p><em>b</em></p>\n</div>\n<p><em>c</em></p>')


@pytest.mark.parametrize('source', [
    '<div class="gallery" markdown>\n![a](b)\n<img src="c" alt="d">\n\n![e](f)\n</div>',
    '<div class="gallery" markdown="1">![a](b)\n  <img src=c alt=d>\n  ![e](f)</div>',
    '<div markdown class="wide gallery">\n\n![a](b) <img src=c alt=d onload=x>\n![e](f)</div>',
    'text\n<div class="gallery">\n    ![a](b)\n    <img src="c" alt="d">\n\n    ![e](f)\n</div>',
])
def test_gallery_holds_its_images_as_children(source: str) -> None:
    page = html(source)
    gallery = page[page.index('<div'):]
    assert gallery.split('>', 1)[0] in ('<div class="gallery"', '<div class="wide gallery"')
    assert [line for piece in gallery.split('>')[1:-1] if (line := piece.strip())] == [
        '<img src="b" alt="a" loading="lazy"', '<img src="c" alt="d" loading="lazy"',
        '<img src="f" alt="e" loading="lazy"', '</div'
    ]


def test_words_in_a_gallery_keep_their_paragraph() -> None:
    assert '<p>Two: <img' in html('<div class="gallery" markdown>\nTwo: ![a](b)\n</div>')


def test_image_keeps_its_attributes_and_always_has_alt() -> None:
    page = html('<img src="/a.png" title="t" width="4" height="5" sizes="1" id="x">')
    assert page == '<img src="/a.png" title="t" width="4" height="5" alt="" loading="lazy">'


@pytest.mark.parametrize('url', [
    'http://other.example/a', 'https://site.example.org', '//other.example',
    'HTTPS://Other.example', 'https://site.example@other.example/', 'https://site.example:8443/',
    '/\\other.example/x'
])
def test_link_elsewhere_opens_a_window(url: str) -> None:
    page = RENDERER.render(f'<a href="{url}">a</a>')
    assert page.html == f'<p><a href="{url}" target="_blank" rel="noopener">a</a></p>\n'
    assert page.links == (url, )


@pytest.mark.parametrize('url', [
    '#a', '/a', 'a', '?a', 'https://site.example/a', 'HTTP://SITE.EXAMPLE:80', '//site.example/a',
    'https://x@site.example', 'https://api.example:8443/v1', 'mailto:a@b.example'
])
def test_link_to_the_site_has_no_target(url: str) -> None:
    page = RENDERER.render(f'<a href="{url}" target="_top" rel="opener">a</a>')
    assert page.html == f'<p><a href="{url}">a</a></p>\n'


def test_links_are_in_order_without_repeats() -> None:
    page = RENDERER.render('![a](/b?c=1&d=2) [e](/f) ![](/b?c=1&d=2) <img src="/g"> <http://h.i>')
    assert page.links == ('/b?c=1&d=2', '/f', '/g', 'http://h.i')


def test_text_is_the_words_without_code_blocks() -> None:
    page = RENDERER.render('# A &amp; b\n\n- c`d`\n- <b>e</b>f\n\n```\nno\n```\n\n|g|h|\n|-|-|\n\n'
                           '    no\n\n<pre>no</pre>\n\ni<br>j[^1]\n\n[^1]: k')
    assert page.text == 'A & b cd ef g h i j[1] k'
    assert page.word_count == 10


@pytest.mark.parametrize('words, minutes', [(0, 1), (1, 1), (200, 1), (201, 2), (400, 2),
                                            (401, 3)])
def test_reading_minutes_round_up(words: int, minutes: int) -> None:
    page = RENDERER.render('word ' * words)
    assert (page.word_count, page.reading_minutes) == (words, minutes)


def test_threads_share_a_renderer() -> None:
    sources = [f'# {number}\n\n[a](https://b.example/{number}) `{number}`' for number in range(60)]
    alone = [RENDERER.render(source) for source in sources]
    fresh = CommonMarkRenderer(frozenset({'site.example'}))
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(fresh.render, sources)) == alone


def test_version_is_that_of_the_renderer() -> None:
    assert RENDERER.render('a').version == RENDERER.version == 1
