from typing import Any

from sqlalchemy import ColumnElement, Integer, case, cast, func, literal_column

_FIRST_DIGIT = 4  # behind 978
_DIGITS: ColumnElement[Any] = literal_column("'0123456789X'")


def isbn10(isbn13: ColumnElement[Any]) -> ColumnElement[Any]:
    """The ISBN-10 of an ISBN-13, NULL where there is none: nine digits, and the sum of each
    multiplied by its place, modulo 11."""
    places = [
        cast(func.substr(isbn13, _FIRST_DIGIT + place - 1, 1), Integer) * place
        for place in range(1, 10)
    ]
    total = places[0]
    for product in places[1:]:
        total = total + product
    checked = func.substr(isbn13, _FIRST_DIGIT,
                          9).op('||')(func.substr(_DIGITS, total % 11 + 1, 1))
    return case((func.left(isbn13, 3) == literal_column("'978'"), checked))
