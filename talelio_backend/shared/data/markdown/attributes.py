"""Attribute lists: `{.wide #top title="A title"}`, with or without a colon after the brace.

They stand right after an image, a link, code or emphasis; at the end of a heading; on the last
line of a paragraph; or on a line of their own before a block. The plugin for them cuts the rest
of the text at every brace and takes tokens out of the middle of a list, both of which are
quadratic; here a list is at most 500 characters and one pass applies all of them.
"""

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_MAX_LENGTH = 500
_ITEM = r'''[#.][\w-]+|[A-Za-z][\w-]*=(?:"[^"{}\n]*"|'[^'{}\n]*'|[^\s"'{}=]+)'''
_ATTRIBUTE_LIST = re.compile(rf'\{{:?\s*((?:{_ITEM})(?:\s+(?:{_ITEM}))*)\s*\}}')
_ITEMS = re.compile(_ITEM)
_AFTER = frozenset(('image', 'code_inline', 'link_close'))
_EMPHASIS = frozenset(('em_close', 'strong_close', 's_close'))
_NAMES = frozenset(('id', 'class', 'title', 'alt', 'width', 'height', 'lang'))
_TAKEN = 'has_attribute_list'

Attributes = dict[str, str]


def parse_attribute_list(text: str, start: int, end: int) -> tuple[Attributes, int] | None:
    """The attributes of the list at `start` and the position after it; None where none stands."""
    match = _ATTRIBUTE_LIST.match(text, start, min(end, start + _MAX_LENGTH))
    if match is None:
        return None
    attributes: Attributes = {}
    for item in _ITEMS.findall(match[1]):
        if item[0] in '#.':
            name, value = ('id' if item[0] == '#' else 'class'), item[1:]
        else:
            name, _, value = item.partition('=')
            value = value[1:-1] if value[0] in '"\'' else value
        if name == 'class' and 'class' in attributes:
            value = f'{attributes["class"]} {value}'
        if name in _NAMES:
            attributes[name] = value
    return attributes, match.end()


def inline_rule(state: StateInline, silent: bool) -> bool:
    if silent or state.src[state.pos] != '{' or state.pending or not state.tokens:
        return False
    last = state.tokens[-1]
    if last.type not in _AFTER or last.meta.get(_TAKEN):
        return False
    found = parse_attribute_list(state.src, state.pos, state.posMax)
    if found is None:
        return False
    attributes, state.pos = found
    last.meta[_TAKEN] = True
    _give(_opening(state.tokens), attributes)
    return True


def block_rule(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """A line that holds a list alone and begins a block: its attributes wait for the next one."""
    del end
    start, stop = state.bMarks[line] + state.tShift[line], state.eMarks[line]
    if silent or state.is_code_block(line) or not state.src.startswith('{', start):
        return False
    found = parse_attribute_list(state.src, start, stop)
    if found is None or state.src[found[1]:stop].strip():
        return False
    token = state.push('attribute_list', '', 0)
    token.hidden = True
    token.meta = {'attributes': found[0]}
    state.line = line + 1
    return True


def apply_to_blocks(state: StateCore) -> None:
    """Before the inline text is parsed: lists before a block, or at the end of its text."""
    if '{' not in state.src:
        return
    waiting: Attributes = {}
    opening: Token | None = None
    for token in state.tokens:
        if token.type == 'attribute_list':
            waiting = {**waiting, **token.meta['attributes']}
            continue
        if token.nesting >= 0 and token.type != 'inline':
            _give(token, waiting)
            opening = token
        elif token.type == 'inline' and opening is not None:
            if opening.type in ('heading_open', 'paragraph_open'):
                _take_last(token, opening, alone=opening.type == 'paragraph_open')
        waiting = {}
    state.tokens = [token for token in state.tokens if token.type != 'attribute_list']


def apply_to_emphasis(state: StateCore) -> None:
    """After the inline text is parsed: lists that follow `*…*`, `**…**` and `~~…~~`."""
    if '{' not in state.src:
        return
    for token in state.tokens:
        open_tokens: list[Token] = []
        closed: Token | None = None
        for child in token.children or ():
            if child.nesting > 0:
                open_tokens.append(child)
            if closed is not None and child.type == 'text' and child.content.startswith('{'):
                found = parse_attribute_list(child.content, 0, len(child.content))
                if found is not None:
                    child.content = child.content[found[1]:]
                    _give(closed, found[0])
            closed = None
            if child.nesting < 0 and open_tokens:
                opening = open_tokens.pop()
                closed = opening if child.type in _EMPHASIS else None


def _take_last(inline: Token, opening: Token, *, alone: bool) -> None:
    content = inline.content
    brace = content.rfind('{', -_MAX_LENGTH) if content.endswith('}') else -1
    if brace <= 0 or (alone and content[brace - 1] != '\n'):
        return
    found = parse_attribute_list(content, brace, len(content))
    if found is not None and found[1] == len(content):
        inline.content = content[:brace].rstrip()
        _give(opening, found[0])


def _opening(tokens: list[Token]) -> Token:
    """What the last token closes. Links hold no links: all searches together are linear."""
    level = 0
    for token in reversed(tokens):
        level += token.nesting
        if level == 0:
            return token
    return tokens[-1]


def _give(token: Token, attributes: Attributes) -> None:
    for name, value in attributes.items():
        if name == 'class':
            token.attrJoin('class', value)
        else:
            token.attrSet(name, value)
