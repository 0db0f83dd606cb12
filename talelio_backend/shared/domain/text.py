import re
import unicodedata

_LINE_END = re.compile(r'\r\n?')
# Unicode's Cc, and lone surrogates (Cs), which no UTF-8 can carry.
_CONTROL = re.compile('[\x00-\x1f\x7f-\x9f\ud800-\udfff]')
_CONTROL_BUT_LAYOUT = re.compile('[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]')


def clean_line(value: str) -> str:
    """`value` in NFC and without white space around it; never raises."""
    return unicodedata.normalize('NFC', value).strip()


def has_control_characters(value: str, *, allow_newlines: bool) -> bool:
    """Whether `value` holds a control character or a lone surrogate.

    With `allow_newlines` tabs and line ends (LF, CR) are not counted.
    """
    pattern = _CONTROL_BUT_LAYOUT if allow_newlines else _CONTROL
    return pattern.search(value) is not None


def normalize_newlines(value: str) -> str:
    """`value` with every CRLF and CR as LF."""
    return _LINE_END.sub('\n', value)


def excerpt(text: str, limit: int = 160) -> str:
    """The first `limit` characters of `text`, cut at a word where there is a blank."""
    if len(text) <= limit:
        return text
    whole_words, blank, _ = text[:limit + 1].rpartition(' ')
    return (whole_words if blank else text[:limit]).rstrip()
