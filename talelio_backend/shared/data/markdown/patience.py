"""What keeps the parser linear.

CommonMark parsers look ahead and turn back: for the end of a label, for the lines that a quote
goes on through. The library does so at every level of nesting again, which is up to a hundred
times the text, and minutes for 500,000 characters. Here each document has a number of steps for
that, in proportion to its length; once they are spent, brackets and quotes are plain text. No
document written by a person comes near it.
"""

from dataclasses import dataclass

from markdown_it.parser_block import RuleFuncBlockType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.utils import EnvType

MAX_NESTING = 100

_ENV_KEY = 'patience'
_STEPS_PER_CHARACTER = 8
_LEAST_STEPS = 200_000
_STEPS_PER_LINE = 12
_STEPS_PER_CELL = 14
_STEPS_PER_MISSING_CELL = 30
_MAX_COLUMNS = 200
_MAX_FOOTNOTE_LABEL = 200


@dataclass(slots=True)
class Patience:
    steps: int
    table_columns: int = 0


def begin(env: EnvType, length: int) -> None:
    env[_ENV_KEY] = Patience(_STEPS_PER_CHARACTER * length + _LEAST_STEPS)


def _patience(env: EnvType) -> Patience:
    patience: Patience = env[_ENV_KEY]
    return patience


def parse_link_label(state: StateInline, start: int, disable_nested: bool = False) -> int:
    """The library's `parseLinkLabel`, paid by the step: the position of the `]` that closes the
    bracket at `start`, or -1."""
    patience = _patience(state.env)
    old_position, level, label_end = state.pos, 1, -1
    state.pos = start + 1
    while state.pos < state.posMax and patience.steps > 0:
        patience.steps -= 1
        marker = state.src[state.pos]
        if marker == ']':
            level -= 1
            if level == 0:
                label_end = state.pos
                break
        before = state.pos
        state.md.inline.skipToken(state)
        if marker == '[':
            if before == state.pos - 1:
                level += 1
            elif disable_nested:
                break
    state.pos = old_position
    if not disable_nested:
        # The text for an image is parsed anew, by itself.
        patience.steps -= max(0, label_end - start)
    return label_end


def lose_patience(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """A block that is none: asked before each line that a quote, a list or a table would take,
    it pays for the line, and ends what asks when there is nothing left to pay with."""
    del end
    if not silent:
        return False
    patience = _patience(state.env)
    if state.parentType == 'table':
        cells = state.src.count('|', state.bMarks[line], state.eMarks[line])
        missing = max(0, patience.table_columns - cells - 1)
        patience.steps -= _STEPS_PER_CELL * cells + _STEPS_PER_MISSING_CELL * missing
    else:
        patience.steps -= _STEPS_PER_LINE
    return patience.steps <= 0


def narrow_table(table: RuleFuncBlockType) -> RuleFuncBlockType:
    """Tables of up to 200 columns: each row costs as many cells as the head has, however short."""

    def rule(state: StateBlock, line: int, end: int, silent: bool) -> bool:
        if line + 2 > end:
            return False
        delimiters = state.src[state.bMarks[line + 1]:state.eMarks[line + 1]]
        if '-' not in delimiters or (columns := delimiters.count('|') + 1) > _MAX_COLUMNS:
            return False
        _patience(state.env).table_columns = columns
        return table(state, line, end, silent)

    return rule


def shallow(container: RuleFuncBlockType) -> RuleFuncBlockType:
    """A container that is text where it would nest too deeply: the library drops such text."""

    def rule(state: StateBlock, line: int, end: int, silent: bool) -> bool:
        return state.level + 2 < MAX_NESTING and container(state, line, end, silent)

    return rule


def short_footnote_label(state: StateInline) -> bool:
    """Whether the `[^` at the present position is closed soon enough to be looked at."""
    start = state.pos
    return (state.src.startswith('[^', start)
            and state.src.find(']', start, start + _MAX_FOOTNOTE_LABEL) > 0)
