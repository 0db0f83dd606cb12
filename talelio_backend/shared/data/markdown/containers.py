"""Markdown inside HTML blocks: `<div class="gallery" markdown>` … `</div>`.

A gallery is such a block without being told. The block begins a line at the top level of the
document or of another such block; its end is the closing tag that belongs to it.
"""

import re
from dataclasses import dataclass
from textwrap import dedent

from markdown_it.common.html_blocks import block_names
from markdown_it.rules_block import StateBlock, html_block
from markdown_it.utils import EnvType

_ENV_KEY = 'container'
_MAX_DEPTH = 8

_NAMES = 'div|section|article|aside|main|header|footer|nav|figure|details|blockquote'
_OPENING = re.compile(rf'<(?:{_NAMES})((?:\s[^<>]{{0,300}})?)>', re.IGNORECASE)
_MARKED = re.compile(r'''\smarkdown(?=[\s=]|$)|\sclass\s*=\s*["']?(?:[^"']*\s)?gallery(?![\w-])''',
                     re.IGNORECASE)
_LANDMARKS = re.compile(
    r'^ {0,3}(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})|`[^`\n]*`'
    rf'|<(?P<open>{_NAMES})(?=[\s>])[^<>]*>|</(?P<close>{_NAMES})\s*>',
    re.IGNORECASE | re.MULTILINE)
_FENCE_END = re.compile(r'^ {0,3}(`{3,}|~{3,})[ \t]*$', re.MULTILINE)
_TAG_NAME = re.compile(r'</?([A-Za-z][A-Za-z0-9-]*)')
_RAW_BLOCKS = frozenset((*block_names, 'script', 'pre', 'style', 'textarea'))


@dataclass(slots=True)
class _Container:
    depth: int
    level: int
    # Of each opening tag's position the closing tag's begin and end; found when first asked for.
    ends: dict[int, tuple[int, int]] | None = None


def begin(env: EnvType) -> None:
    env[_ENV_KEY] = _Container(depth=0, level=0)


def markdown_in_html(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    container: _Container = state.env[_ENV_KEY]
    start = state.bMarks[line] + state.tShift[line]
    if (not state.src.startswith('<', start) or state.level != container.level or state.blkIndent
            or state.is_code_block(line) or container.depth >= _MAX_DEPTH):
        return False
    opening = _OPENING.match(state.src, start, state.eMarks[line])
    if opening is None or _MARKED.search(opening[1]) is None:
        return False
    if container.ends is None:
        container.ends = _matched_tags(state.src)
    inner_end, outer_end = container.ends.get(start, (-1, -1))
    if not 0 <= outer_end <= state.eMarks[end - 1]:
        return False
    if not silent:
        _push(state, opening[0])
        _parse(state, state.src[opening.end():inner_end], container)
        while state.eMarks[line] < outer_end:
            line += 1
        _push(state, state.src[inner_end:state.eMarks[line]])
        state.line = line + 1
    return True


def html_block_outside_containers(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """The library's HTML block, but in a container a line that begins with `<img>`, `<a>` and the
    like is a paragraph: Markdown images may stand on the lines around it."""
    if state.env[_ENV_KEY].depth:
        tag = _TAG_NAME.match(state.src, state.bMarks[line] + state.tShift[line])
        if tag is not None and tag[1].lower() not in _RAW_BLOCKS:
            return False
    return html_block(state, line, end, silent)


def _parse(state: StateBlock, content: str, container: _Container) -> None:
    inner = StateBlock(dedent(content), state.md, state.env, state.tokens)
    inner.level = state.level + 1
    state.env[_ENV_KEY] = _Container(depth=container.depth + 1, level=inner.level)
    state.md.block.tokenize(inner, 0, inner.lineMax)
    state.env[_ENV_KEY] = container


def _push(state: StateBlock, html: str) -> None:
    state.push('html_block', '', 0).content = html + '\n'


def _matched_tags(source: str) -> dict[int, tuple[int, int]]:
    ends: dict[int, tuple[int, int]] = {}
    unclosed: dict[str, list[int]] = {}
    position = 0
    while (found := _LANDMARKS.search(source, position)) is not None:
        position = found.end()
        if found['fence']:
            position = _after_fence(source, found['fence'], position)
        elif found['open']:
            unclosed.setdefault(found['open'].lower(), []).append(found.start())
        elif found['close']:
            if starts := unclosed.get(found['close'].lower()):
                ends[starts.pop()] = found.span()
    return ends


def _after_fence(source: str, fence: str, position: int) -> int:
    while (found := _FENCE_END.search(source, position)) is not None:
        position = found.end()
        if found[1].startswith(fence):
            return position
    return len(source)
