"""The parser's rules by the character that they begin with.

The library asks every rule at every place, and nearly all say no: that is half of the time that
it takes. Most rules begin with a character of their own, so a table of these names the few that
are worth asking. They are the same rules in the same order: only the asking is ours.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.ruler import Rule, Ruler
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

# Rules that are not named begin with any character.
_OF_BLOCKS = {
    'attribute_list': '{',
    'fence': '`~',
    'blockquote': '>',
    'hr': '*-_',
    'list': '*+-0123456789',
    'footnote_def': '[',
    'reference': '[',
    'markdown_in_html': '<',
    'html_block': '<',
    'heading': '#',
}
_OF_TEXT = {
    'newline': '\n',
    'escape': '\\',
    'backticks': '`',
    'strikethrough': '~',
    'emphasis': '*_',
    'link': '[',
    'image': '!',
    'footnote_ref': '[',
    'autolink': '<',
    'html_inline': '<',
    'entity': '&',
    'attribute_list': '{',
}

RuleFunction = Callable[..., bool]


def ask_by_first_character(parser: MarkdownIt) -> None:
    """To be called when `parser` has all its rules."""
    parser.block.ruler = _ByCharacter(parser.block.ruler, _OF_BLOCKS, _block_rule)
    parser.inline.ruler = _ByCharacter(parser.inline.ruler, _OF_TEXT, _text_rule)
    # Plain text ends where a rule may begin, or a label end.
    parser.inline.terminator_re = re.compile(f'[{re.escape("]" + "".join(_OF_TEXT.values()))}]')


class _ByCharacter(Ruler[Any]):
    """Every chain of rules is a single one, which asks those of the character at hand."""

    def __init__(self, ruler: Ruler[Any], characters: Mapping[str, str],
                 one_rule: Callable[..., RuleFunction]) -> None:
        super().__init__()
        self.__rules__ = ruler.__rules__
        enabled = [rule for rule in ruler.__rules__ if rule.enabled]
        chains = {'', *(chain for rule in enabled for chain in rule.alt)}
        self._chains = {
            chain: [
                one_rule(*_table([rule
                                  for rule in enabled if chain in ('', *rule.alt)], characters))
            ]
            for chain in chains
        }

    def getRules(self, chainName: str = '') -> list[Any]:
        return self._chains.get(chainName, [])


def _table(
        chain: Sequence[Rule[Any]],
        characters: Mapping[str, str]) -> tuple[dict[str, list[RuleFunction]], list[RuleFunction]]:
    """The rules to ask where a character stands, and those to ask before every other one."""

    def beginning_with(character: str) -> list[RuleFunction]:
        return [rule.fn for rule in chain if character in characters.get(rule.name, character)]

    table = {character: beginning_with(character) for character in ''.join(characters.values())}
    return table, [rule.fn for rule in chain if rule.name not in characters]


def _block_rule(table: Mapping[str, list[RuleFunction]],
                others: list[RuleFunction]) -> RuleFunction:

    def rule(state: StateBlock, line: int, end: int, silent: bool) -> bool:
        start = state.bMarks[line] + state.tShift[line]
        for candidate in table.get(state.src[start:start + 1], others):
            if candidate(state, line, end, silent):
                return True
        return False

    return rule


def _text_rule(table: Mapping[str, list[RuleFunction]],
               others: list[RuleFunction]) -> RuleFunction:

    def rule(state: StateInline, silent: bool) -> bool:
        for candidate in table.get(state.src[state.pos], others):
            if candidate(state, silent):
                return True
        return False

    return rule
