import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talelio_backend.shared.data.markdown.nesting import nested_properly
from talelio_backend.shared.data.markdown.policy import make_cleaner
from talelio_backend.shared.data.markdown.raw_html import canonical_html
from talelio_backend.shared.data.markdown.renderer import CommonMarkRenderer
from tests.unit.shared.data.markdown_reader import read_html

RENDERER = CommonMarkRenderer(frozenset({'site.example'}))

FORBIDDEN = ('script', 'style', 'iframe', 'object', 'embed', 'form', 'input', 'meta', 'base',
             'svg', 'math')
ELEMENTS = set(
    'a abbr aside b blockquote br caption cite code dd del details dfn div dl dt em figcaption '
    'figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section small span '
    'strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr'.split())
ATTRIBUTES = set('alt class colspan datetime height href id lang loading open rel rowspan src '
                 'start target title width'.split())

_PIECES = [
    '<', '>', '"', '\'', '=', '/', '&', ';', ' ', '\n', '\n\n', '\t', '`', '*', '_', '~~', '[',
    ']', '(', ')', '!', '|', '\n|-|-|\n', '# ', '> ', '- ', '1. ', '    ', '{', '}', '{.x}', ':',
    '\\', '<!--', '-->', '<![CDATA[', ']]>', '<?', '&#', '&#x6a;', '&Tab;', '&colon;', '\x00',
    '\ud800', 'javascript:', 'data:', ' onload=', ' style=', ' href=', ' src=', ' class=', ' id=',
    'x', '<a', '<b>', '</b>', '<p>', '</p>', '<div', '</div>', '<img', '<h1>', '</h2>', '<li>',
    '<ul>', '</ul>', '<table>', '<tr>', '<td>', '</td>', '<caption>', '</table>', '<svg>',
    '<math>', '<style>', '</style>', '<script>', '</script>', '<template>', '<noscript>',
    '<textarea>', '<title>', '<select>', '<option>', '<pre>', '<iframe>', '<plaintext>', '<mtext>',
    '<foreignObject>', '<div class="gallery" markdown>', '<a id="fn:1">', '[^1]', '\n\n[^1]: ',
    '<details open>'
]


def assert_safe(html: str) -> None:
    page = read_html(html)
    assert page.faults == []
    assert page.deepest <= 100
    for name, values in page.elements:
        assert name in ELEMENTS
        assert values.keys() <= ATTRIBUTES
        assert 'id' not in values or re.fullmatch('h[1-6]|a|li', name)
        assert re.fullmatch(r'[\w-]+( [\w-]+)*', values.get('class', 'none'))
        assert name != 'img' or (values['loading'] == 'lazy' and 'alt' in values)
        assert_safe_url(values.get('href', ''), 'mailto')
        assert_safe_url(values.get('src', ''))


def assert_safe_url(url: str, *more: str) -> None:
    seen_by_a_browser = re.sub(r'[\x00-\x20\u2028\u2029]', '', url)
    before_path = re.split('[/?#]', seen_by_a_browser)[0]
    assert ':' not in before_path or urlsplit(before_path).scheme in ('http', 'https', *more)


@settings(deadline=None, max_examples=200)
@given(st.text(st.characters()))
def test_any_text_renders_safely(source: str) -> None:
    assert_safe(RENDERER.render(source).html)


@settings(deadline=None, max_examples=400)
@given(st.lists(st.sampled_from(_PIECES), max_size=40).map(''.join))
def test_any_mixture_of_markup_renders_safely(source: str) -> None:
    page = RENDERER.render(source)
    assert_safe(page.html)
    assert_safe(page.table_of_contents)
    assert page.text == ' '.join(page.text.split())


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(_PIECES), max_size=40).map(''.join))
def test_parser_of_the_sanitiser_finds_nothing_to_repair(source: str) -> None:
    cleaner = make_cleaner()
    nested = nested_properly(canonical_html(re.sub('[\x00\ud800]', '', source)))
    cleaned = cleaner.clean(nested)
    assert re.findall('</?[a-z0-9]+', cleaned) == re.findall('</?[a-z0-9]+', nested)
    assert cleaner.clean(cleaned) == cleaned


@pytest.mark.parametrize('source', [
    '<script>alert(1)</script>',
    '<SCRIPT\n>alert(1)</sCript >',
    'a <script>alert(1)',
    '<script src=//x.example/alert(1)></script>',
    '<<script>alert(1)//<</script>',
    '<svg><script>alert(1)</script></svg>',
    '<img src=x onerror=alert(1)>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" java\nscript:alert(1)">x</a>',
    '<a href="jav&#x09;ascript:alert(1)">x</a>',
    '<a href="&#106;avascript&colon;alert(1)">x</a>',
    '<a href="\x01javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href="vbscript:alert(1)">x</a>',
    '<a href="data:text/html,alert(1)">x</a>',
    '<img src="data:image/svg+xml,alert(1)">',
    '<a href="java\u2028script:alert(1)">x</a>',
    '<a href="\u00a0javascript:alert(1)">x</a>',
    '<iframe src="javascript:alert(1)"></iframe>',
    '<iframe srcdoc="alert(1)"></iframe>',
    '<object data="javascript:alert(1)"></object>',
    '<embed src="javascript:alert(1)">',
    '<form action="javascript:alert(1)"><input autofocus onfocus=alert(1)></form>',
    '<base href="javascript:alert(1)//">',
    '<meta http-equiv=refresh content="0;javascript:alert(1)">',
    '<style>@import "javascript:alert(1)"</style>',
    '<p style="background:url(javascript:alert(1))">x</p>',
    '<math><mi xlink:href="javascript:alert(1)">x</mi></math>',
    '<video><source onerror=alert(1)></video>',
    '<template><img src=x onerror=alert(1)></template>',
    '<details ontoggle=alert(1) open>x</details>',
    '<a href="https://x.example" ping="javascript:alert(1)">x</a>',
    '<b title="x" onclick="alert(1)">y</b>',
    '<div markdown onclick="alert(1)">\nx\n</div>',
    '<h1 id="alert(1)">x</h1>',
    '{onclick="alert(1)"}\n# x',
    '![x](y){onerror="alert(1)"}',
    '[x](y){href="javascript:alert(1)"}',
    '{style="background:url(alert(1))"}\n\n```\nx\n```',
])
def test_nothing_of_an_attack_stays(source: str) -> None:
    page = RENDERER.render(source)
    assert_safe(page.html)
    assert 'alert' not in page.html
    assert not any('alert' in link for link in page.links)


@pytest.mark.parametrize('source', [
    '<script/x>alert(1)',
    '<svg/onload=alert(1)>',
    '<img src=x oNeRRor\n=\n"alert(1)">',
    '[x](javascript:alert(1))',
    '[x](<java\tscript:alert(1)>)',
    '[x](java&Tab;script:alert(1))',
    '[x](&#106;avascript:alert(1))',
    '[x]\n\n[x]: vbscript:alert(1)',
    '<javascript:alert(1)>',
    '![x](data:image/svg+xml;base64,alert(1))',
    '![x](javascript:alert(1))',
    '[x](\x00javascript:alert(1))',
    '[x](java\\script:alert(1))',
    '[x](//x.example\\@y.example)',
    '```"><script>alert(1)</script>\nx\n```',
    '`<script>alert(1)</script>`',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img onerror=x&gt;">',
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
    '<textarea><img title="</textarea><img src=x onerror=alert(1)>">',
    '<title><a title="</title><b>">',
    '<!--><img src=x onerror=alert(1)>-->',
    '<!-- --!><img src=x onerror=alert(1)> -->',
    '<![CDATA[><img src=x onerror=alert(1)>]]>',
    '<?><img src=x onerror=alert(1)>',
    '<b/onclick=alert(1)>x',
    '<a title=\'"><img src=x onerror=alert(1)>\'>x</a>',
    '<a title="&quot;><img src=x onerror=alert(1)>">x',
    '<img alt="`><script>alert(1)</script>">',
    '<xmp><p title="</xmp><img src=x onerror=alert(1)>">',
    '# <img src=x onerror=alert(1)>&lt;img src=x onerror=alert(1)&gt;',
    '|<svg onload=alert(1)>|\n|-|',
])
def test_what_stays_of_an_attack_is_text(source: str) -> None:
    page = RENDERER.render(source)
    assert_safe(page.html)
    assert_safe(page.table_of_contents)


@pytest.mark.parametrize('element',
                         [*FORBIDDEN, 'video', 'button', 'template', 'noscript', 'font'])
def test_what_is_removed_leaves_its_text(element: str) -> None:
    page = RENDERER.render(f'before <{element} a=b>within <b>bold</b></{element}> after')
    assert f'<{element}' not in page.html
    within = '' if element in ('script', 'style') else 'within <b>bold</b>'
    assert page.html == f'<p>before {within} after</p>\n'


def test_unclosed_script_ends_with_its_parent() -> None:
    assert RENDERER.render('a <script> b\n\nc').html == '<p>a </p>\n<p>c</p>\n'


def test_class_names_are_letters_digits_hyphens_and_underscores() -> None:
    page = RENDERER.render('<p class="a-b c_1 d:e f;g &lt;h \u00e9t\u00e9">x</p>')
    assert page.html == '<p class="a-b c_1 \u00e9t\u00e9">x</p>'


def test_ids_stay_on_headings_and_footnotes_only() -> None:
    page = RENDERER.render(
        '<p id="a">x</p>\n\n<li id="b">y</li>\n\n<h1 id="c">z</h1>\n\n[d](e){#f}')
    assert re.findall('id="(.)"', page.html) == ['c']


def test_addresses_are_the_same_to_everyone() -> None:
    page = RENDERER.render('<a href=" http://a.example/b c\n?d=\u200be ">x</a>')
    assert page.links == ('http://a.example/b%20c?d=%E2%80%8Be', )
