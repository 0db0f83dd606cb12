"""Every page has real content: no placeholder, no empty heading, no link that leads nowhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.architecture.source import ROOT, committed

# Written in pieces, so that this file is not found by a search for them.
PLACEHOLDERS = re.compile(r'\b(' + '|'.join(('TX' + 'T', 'TB' + 'D', 'TO' + 'DO', 'FIX' + 'ME')) +
                          r')\b')
LINK = re.compile(r'(?<!!)!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)')
PAGES = [
    file for file in committed()
    if file.suffix == '.md' and (file.parent == ROOT or ROOT / 'docs' in file.parents)
]
EVERY_PAGE = pytest.mark.parametrize('page',
                                     PAGES,
                                     ids=lambda page: page.relative_to(ROOT).as_posix())


def prose(page: Path) -> list[str]:
    """The lines outside of code blocks; within, a line says only that there is one."""
    lines, fence = [], None
    for line in page.read_text(encoding='utf-8').splitlines():
        mark = re.match(r'\s*(```+|~~~+)', line)
        if fence is None and mark:
            fence = mark[1]
            lines.append('(code)')
        elif fence is not None and line.strip().startswith(fence):
            fence = None
        elif fence is None:
            lines.append(line)
    return lines


def headings(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """Number of the line, depth, words."""
    for number, line in enumerate(lines):
        if found := re.match(r'(#{1,6})\s*(.*?)\s*#*$', line):
            yield number, len(found[1]), found[2]


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    made: set[str] = set()
    for _, _, words in headings(prose(page)):
        plain = re.sub(r'\[([^\]]*)\]\([^)]*\)', r'\1', words).replace('`', '')
        slug = re.sub(r'[^\w\- ]', '', plain.lower()).replace(' ', '-')
        number = 0
        while (f'{slug}-{number}' if number else slug) in made:
            number += 1
        made.add(f'{slug}-{number}' if number else slug)
    return made


@EVERY_PAGE
def test_page_has_no_placeholder(page: Path) -> None:
    assert not PLACEHOLDERS.findall(page.read_text(encoding='utf-8'))


@EVERY_PAGE
def test_page_begins_with_its_title(page: Path) -> None:
    depths = [depth for _, depth, _ in headings(prose(page))]
    assert depths[:1] == [1] and depths.count(1) == 1


@EVERY_PAGE
def test_every_heading_has_words_and_something_below_it(page: Path) -> None:
    lines = prose(page)
    found = [*headings(lines), (len(lines), 0, 'the end')]
    for (start, depth, words), (end, next_depth, _) in zip(found, found[1:]):
        assert words, f'{page}: a heading without words'
        below = any(line.strip() for line in lines[start + 1:end])
        assert below or next_depth > depth, f'{page}: nothing below "{words}"'


@EVERY_PAGE
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall('\n'.join(prose(page))):
        if re.match(r'[a-z][a-z0-9+.-]*:|//', target):
            continue
        path, _, anchor = unquote(target).partition('#')
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f'{page}: {target}'
        if anchor and file.suffix == '.md':
            assert anchor in anchors(file), f'{page}: {target}'
