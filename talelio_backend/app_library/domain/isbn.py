"""International Standard Book Numbers (ISO 2108; the rules of the ISBN Users' Manual, 7th edition,
sections 5 and 6). They are kept with 13 digits."""

import re

# Hyphens as printed, with their wider kin that word processors put in their place.
_SEPARATORS = re.compile('[\\s\u2010-\u2015\u2212-]')
_ISBN13 = re.compile('97[89][0-9]{10}')
_ISBN10 = re.compile('[0-9]{9}[0-9X]')
# The one prefix that numbers of ten digits were carried over into.
_BOOKLAND = '978'


class NoIsbn(ValueError):
    """Of neither form: not 13 digits behind 978 or 979, nor 10 of which the last may be X."""


class WrongCheckDigit(NoIsbn):
    """Of the form, and mistyped: the last digit does not follow from the others."""


def isbn13_of(text: str) -> str:
    """The 13 digits of an ISBN of either length; hyphens and spaces are put aside. Raises NoIsbn,
    WrongCheckDigit."""
    bare = _SEPARATORS.sub('', text).upper()
    if _ISBN13.fullmatch(bare):
        if _check_digit13(bare[:-1]) != bare[-1]:
            raise WrongCheckDigit(text)
        return bare
    if not _ISBN10.fullmatch(bare):
        raise NoIsbn(text)
    if _check_digit10(bare[:-1]) != bare[-1]:
        raise WrongCheckDigit(text)
    carried = _BOOKLAND + bare[:-1]
    return carried + _check_digit13(carried)


def isbn10_of(isbn13: str) -> str | None:
    """The number of ten digits; None where there never was one."""
    if not isbn13.startswith(_BOOKLAND):
        return None
    body = isbn13[len(_BOOKLAND):-1]
    return body + _check_digit10(body)


def _check_digit13(body: str) -> str:
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return str(-weighted % 10)


def _check_digit10(body: str) -> str:
    weighted = sum(int(digit) * (10 - place) for place, digit in enumerate(body))
    check = -weighted % 11
    return 'X' if check == 10 else str(check)
