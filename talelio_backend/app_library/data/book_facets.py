"""How many books there are of each category, author, language and item type, and how many can be
borrowed: each counted under every filter but its own."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (CTE, ColumnElement, FromClause, Integer, Select, cast, func,
                        literal_column, select)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from talelio_backend.app_library.data.book_columns import FULL_NAME
from talelio_backend.app_library.data.book_filters import Narrowed
from talelio_backend.app_library.data.catalogue_orm import (author_figures_table, author_table,
                                                            book_figures_table, book_table,
                                                            category_figures_table, category_table,
                                                            contribution_table, item_type_table)
from talelio_backend.shared.data.sql import as_text, json_object

MOST = 20
_B, _F = book_table.c, book_figures_table.c
_C, _A, _P, _T = category_table.c, author_table.c, contribution_table.c, item_type_table.c
_AUTHOR, _CATEGORY = author_figures_table.c, category_figures_table.c
_NONE: ColumnElement[Any] = literal_column("'[]'::json")


def facets(narrow: Narrowed) -> ColumnElement[str]:
    """JSON text of all five. Binds the values of ``narrow``."""
    counts = _Counts(narrow=narrow, hits=_hits(narrow))
    available = json_object(id=literal_column("'true'"),
                            label=literal_column("'Available'"),
                            count=counts.available())
    shown = {
        'category': _named(counts.categories(), category_table, _C.id, _C.name, _C.name_key),
        'author': _named(counts.authors(), author_table, _A.id, FULL_NAME, _A.family_key),
        'language': _named(counts.by('language')),
        'item_type': _named(counts.by('item_type'), item_type_table, _T.id, _T.label, _T.label),
        'available': func.json_build_array(available),
    }
    return select(as_text(json_object(**shown))).scalar_subquery()


@dataclass(frozen=True, kw_only=True)
class _Counts:
    """The numbers of books by what is counted: rows of ``of`` and ``count``."""

    narrow: Narrowed
    hits: CTE

    def by(self, name: str) -> Select[Any]:
        of = self.hits.c[name]
        return self._under(name, of.label('of'),
                           _count().label('count')).where(of.is_not(None)).group_by(of)

    def categories(self) -> Select[Any]:
        whole = self._whole('category', _CATEGORY.category_id, _CATEGORY)
        return self.by('category') if whole is None else whole

    def authors(self) -> Select[Any]:
        whole = self._whole('author', _AUTHOR.author_id, _AUTHOR)
        if whole is not None:
            return whole
        # Who had two parts in a book has it once.
        return self._under('author', _P.author_id.label('of'),
                           _count(_P.book_id.distinct()).label('count')).join(
                               contribution_table,
                               _P.book_id == self.hits.c.id).group_by(_P.author_id)

    def available(self) -> ColumnElement[Any]:
        return self._under('available', _count()).where(self.hits.c.available).scalar_subquery()

    def _under(self, name: str, *columns: ColumnElement[Any]) -> Select[Any]:
        others = (self.hits.c[f'is_{other}'] for other in self.narrow.chosen if other != name)
        return select(*columns).select_from(self.hits).where(*others)

    def _whole(self, name: str, of: ColumnElement[Any], figures: Any) -> Select[Any] | None:
        """What triggers have counted, where no other filter narrows it."""
        if {*self.narrow.chosen} - {name} or {*self.narrow.base} - {'active'}:
            return None
        count = figures.books_count if 'active' in self.narrow.base else figures.all_books_count
        return select(of.label('of'), count.label('count')).where(count > 0)


def _hits(narrow: Narrowed) -> CTE:
    """The books that satisfy all filters, or all but one of those on facets, with each such
    filter's own verdict."""
    verdicts = {name: func.coalesce(make(), False) for name, make in narrow.chosen.items()}
    found = select(_B.id, _B.category_id.label('category'), _B.language, _B.item_type,
                   (_F.available_copies > 0).label('available'),
                   *(verdict.label(f'is_{name}') for name, verdict in verdicts.items()))
    found = found.select_from(book_table.join(book_figures_table, _F.book_id == _B.id))
    found = found.where(*narrow.base_conditions(every=True))
    if len(verdicts) > 1:
        satisfied = sum((cast(verdict, Integer) for verdict in verdicts.values()),
                        start=literal_column('0', Integer))
        found = found.where(satisfied >= len(verdicts) - 1)
    return found.cte('hits').prefix_with('MATERIALIZED')


def _named(counted: Select[Any],
           table: Any = None,
           key: ColumnElement[Any] | None = None,
           label: ColumnElement[Any] | None = None,
           order: ColumnElement[Any] | None = None) -> ColumnElement[Any]:
    """The most frequent as JSON, with labels from ``table`` or the values themselves."""
    counts = counted.subquery()
    source: FromClause = counts
    of, count = counts.c.of, counts.c.count
    if table is None or key is None or label is None or order is None:
        label, order = of, of
    else:
        source = counts.join(table, key == of)
    first = select(
        of, label.label('label'), count,
        func.row_number().over(order_by=(count.desc(), order,
                                         of)).label('place')).select_from(source).order_by(
                                             count.desc(), order, of).limit(MOST).subquery()
    entry = json_object(id=first.c.of, label=first.c.label, count=first.c.count)
    listed = func.json_agg(aggregate_order_by(entry, first.c.place))
    return select(func.coalesce(listed, _NONE)).scalar_subquery()


def _count(*what: ColumnElement[Any]) -> ColumnElement[int]:
    return func.count(*what)
