"""The filters of the list of books: which conditions a question needs, and what they bind."""

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (ARRAY, REAL, ColumnElement, SmallInteger, String, Text, bindparam, cast,
                        exists, false, func, literal_column, select)
from sqlalchemy.dialects.postgresql import TSQUERY

from talelio_backend.app_library.data.book_index import fold_key, title_query
from talelio_backend.app_library.data.catalogue_orm import (SEARCHED, YEAR_FALLING, YEAR_RISING,
                                                            book_figures_table, book_table,
                                                            contribution_table)
from talelio_backend.app_library.domain.isbn import NoIsbn, isbn13_of
from talelio_backend.app_library.services.book_queries import BookFilter
from talelio_backend.shared.data.orm import Id, Time
from talelio_backend.shared.data.search_vector import rank_query, search_query

_B, _F, _P = book_table.c, book_figures_table.c, contribution_table.c
# An ISBN as printed, with hyphens or spaces; it is found as one word.
_PRINTED_ISBN = re.compile(r'(?<![\w-])(?:97[89][- ]?)?(?:[0-9][- ]?){9}[0-9Xx](?![\w-])')
# Halved from level to level: whatever else a word is found in, the best place decides.
_NAMES = "'{0.125, 0.25, 0.5, 1}'::real[]"  # ISBN, authors, subtitle, title
_MORE = "'{0, 0.015625, 0.03125, 0.0625}'::real[]"  # description, category, publisher


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """``base`` are conditions on what no facet counts; ``chosen`` are those on a facet, by its
    name. ``values`` are what they bind, ``shape`` names the combination."""

    base: Mapping[str, Callable[[], ColumnElement[bool]]]
    chosen: Mapping[str, Callable[[], ColumnElement[bool]]]
    values: Mapping[str, Any]

    @property
    def shape(self) -> Hashable:
        return (*self.base, '', *self.chosen)

    @property
    def is_plain(self) -> bool:
        """Whether one plan is good for all values, for there are none."""
        return not self.values

    @property
    def is_found(self) -> bool:
        """Whether words are looked for, so that there is a relevance."""
        return 'q' in self.values

    def conditions(self, *, every: bool) -> list[ColumnElement[bool]]:
        """``every`` says that all such books are read, and not the first of an order alone."""
        chosen = [make() for make in self.chosen.values()]
        return [*self.base_conditions(every=every), *chosen]

    def base_conditions(self, *, every: bool) -> list[ColumnElement[bool]]:
        makers = {
            **self.base,
            **({
                name: make
                for name, make in _AMONG.items() if name in self.base
            } if every else {})
        }
        return [make() for make in makers.values()]


@dataclass(kw_only=True)
class _Gathered:
    makers: dict[str, Callable[[], ColumnElement[bool]]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, make: Callable[[], ColumnElement[bool]], **values: Any) -> None:
        self.makers[name] = make
        self.values |= values


def narrowed(wanted: BookFilter) -> Narrowed:
    base, chosen = _Gathered(), _Gathered()
    _add_status(base, wanted)
    _add_texts(base, wanted)
    _add_spans(base, wanted)
    _add_facets(chosen, wanted)
    return Narrowed(base=base.makers, chosen=chosen.makers, values=base.values | chosen.values)


def relevance() -> ColumnElement[Any]:
    """By the weights of the places that each word is found in. Binds ``rank``."""
    asked = cast(bindparam('rank', type_=Text), TSQUERY)
    names = func.ts_rank(literal_column(_NAMES), _B.search, asked, type_=REAL)
    return names + func.ts_rank(literal_column(_MORE), _B.search_more, asked, type_=REAL)


def _add_status(gathered: _Gathered, wanted: BookFilter) -> None:
    if wanted.status == 'active':
        gathered.add('active', lambda: _B.deactivated_at.is_(None))
    elif wanted.status == 'inactive':
        gathered.add('inactive', lambda: _B.deactivated_at.is_not(None))


def _add_texts(gathered: _Gathered, wanted: BookFilter) -> None:
    if wanted.q and wanted.q.strip():
        text = _PRINTED_ISBN.sub(_in_one_word, wanted.q)
        asked = search_query(text, prefix=True)
        gathered.add('q' if asked else 'nothing',
                     _holds_words if asked else false,
                     q=asked or '',
                     rank=rank_query(text, prefix=True) or '')
    needle = fold_key(wanted.title) if wanted.title else ''
    if needle:
        gathered.add('title', _holds_title, title=needle, grams=title_query(needle))
    if wanted.isbn13 is not None:
        gathered.add('isbn',
                     lambda: _B.isbn13 == bindparam('isbn13', type_=String),
                     isbn13=wanted.isbn13)


def _in_one_word(printed: re.Match[str]) -> str:
    """An ISBN as it is kept in the vectors; other numbers stay as they are."""
    try:
        isbn13_of(printed[0])
    except NoIsbn:
        return printed[0]
    return re.sub('[- ]', '', printed[0])


def _holds_words() -> ColumnElement[bool]:
    return SEARCHED.bool_op('@@')(cast(bindparam('q', type_=Text), TSQUERY))


def _is_among_words() -> ColumnElement[bool]:
    words = cast(bindparam('q', type_=Text), TSQUERY)
    return _B.id.in_(select(func.library_books_of_words(words, type_=Id)))


def _is_among_titles() -> ColumnElement[bool]:
    grams = cast(bindparam('grams', type_=Text), TSQUERY)
    needle = bindparam('title', type_=Text)
    return _B.id.in_(select(func.library_books_of_title(grams, needle, type_=Id)))


# Where all that is found is read: PostgreSQL would read every book where many are.
_AMONG = {'q': _is_among_words, 'title': _is_among_titles}


def _holds_title() -> ColumnElement[bool]:
    near = _B.title_grams.bool_op('@@')(cast(bindparam('grams', type_=Text), TSQUERY))
    return near & (func.strpos(_B.title_key, bindparam('title', type_=Text)) > 0)


def _add_spans(gathered: _Gathered, wanted: BookFilter) -> None:
    if wanted.year_from is not None:
        gathered.add('year_from',
                     lambda: YEAR_FALLING >= bindparam('year_from', type_=SmallInteger),
                     year_from=wanted.year_from)
    if wanted.year_to is not None:
        gathered.add('year_to',
                     lambda: YEAR_RISING <= bindparam('year_to', type_=SmallInteger),
                     year_to=wanted.year_to)
    if wanted.since is not None:
        gathered.add('since',
                     lambda: _B.created_at >= bindparam('since', type_=Time),
                     since=wanted.since)
    if wanted.before is not None:
        gathered.add('before',
                     lambda: _B.created_at < bindparam('before', type_=Time),
                     before=wanted.before)


def _add_facets(gathered: _Gathered, wanted: BookFilter) -> None:
    for name, column, kind, chosen in (
        ('category', _B.category_id, Id, wanted.categories),
        ('language', _B.language, Text, wanted.languages),
        ('item_type', _B.item_type, Text, wanted.item_types),
    ):
        if chosen:
            gathered.add(name, _one_of(column, name, kind), **{name: list(chosen)})
    if wanted.authors:
        gathered.add('author', _of_authors, author=list(wanted.authors))
    if wanted.available:
        gathered.add('available', lambda: _F.available_copies > 0)


def _one_of(column: ColumnElement[Any], name: str, kind: Any) -> Callable[[], ColumnElement[bool]]:
    return lambda: column == func.any(bindparam(name, type_=ARRAY(kind)))


def _of_authors() -> ColumnElement[bool]:
    return exists().where(_P.book_id == _B.id,
                          _P.author_id == func.any(bindparam('author', type_=ARRAY(Id))))
