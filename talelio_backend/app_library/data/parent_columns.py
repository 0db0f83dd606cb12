"""Categories and authors as the API shows them, sorts them and counts for them. Their own tables
and those of their figures are joined by whoever selects these."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (ColumnElement, FromClause, Integer, Interval, Table, Text, bindparam,
                        distinct, func, literal_column, or_, select, true)

from talelio_backend.app_library.data.catalogue_orm import (GIVEN_RISING, author_figures_table,
                                                            author_table, book_table,
                                                            category_figures_table, category_table,
                                                            contribution_table)
from talelio_backend.app_library.data.circulation_orm import loan_table
from talelio_backend.shared.data.listing import SqlSort
from talelio_backend.shared.data.orm import Time
from talelio_backend.shared.data.sql import json_object, rfc3339
from talelio_backend.shared.domain.access import Level

_A, _C, _L = author_table.c, category_table.c, loan_table.c
_now = bindparam('now', type_=Time)
_a_day = literal_column("interval '24 hours'", Interval)
_late, _new = _L.due_at <= _now, _L.started_at > _now - _a_day

Joining = Callable[[FromClause], tuple[FromClause, Any]]


@dataclass(frozen=True, kw_only=True)
class Parent:
    """``lately`` joins the numbers of open loans that are late and of those that are new, for a
    page of a list, ``lately_of_one`` for a single one: by the present time ``now``, without a
    write, so that no figures can hold them."""

    table: Any
    figures: Any
    key: ColumnElement[Any]
    names: Mapping[str, ColumnElement[Any]]
    found_by: ColumnElement[str]
    sorts: tuple[SqlSort, ...]
    lately: Joining
    lately_of_one: Joining

    @property
    def is_active(self) -> ColumnElement[bool]:
        return self.table.c.deactivated_at.is_(None)  # type: ignore[no-any-return]

    def joined(self, *, lately: Joining | None = None) -> tuple[FromClause, ColumnElement[Any]]:
        """What to select from, and the JSON of a row: with all counts where ``lately``, one of
        the two above, is given."""
        base = self.table.join(self.figures, self.key == self.table.c.id)
        members = {
            'id': self.table.c.id,
            **self.names,
            'active': self.is_active,
            'deactivated_at': rfc3339(self.table.c.deactivated_at),
            'books_count': self.figures.c.books_count,
        }
        if lately is not None:
            base, loans = lately(base)
            members |= {
                'all_books_count': self.figures.c.all_books_count,
                'active_loans_count': self.figures.c.active_loans_count,
                'late_loans_count': func.coalesce(loans.late, 0),
                'new_loans_count': func.coalesce(loans.new, 0),
                'loans_count': self.figures.c.loans_count,
            }
        return base, json_object(**members,
                                 created_at=rfc3339(self.table.c.created_at),
                                 updated_at=rfc3339(self.table.c.updated_at))


def _count(what: ColumnElement[Any], *, which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(what).filter(which)


def _lately_of_categories(base: FromClause) -> tuple[FromClause, Any]:
    """Counted once for all categories: of a category with thousands of books it would take
    longer to look for those of each. A book is probed for each such loan."""
    category_id = select(
        book_table.c.category_id).where(book_table.c.id == _L.book_id).scalar_subquery()
    loans = select(category_id.label('category_id'),
                   _late.label('late'), _new.label('new')).where(_L.returned_at.is_(None),
                                                                 or_(_late,
                                                                     _new)).subquery('lately_lent')
    one = literal_column('1', Integer)
    counted = select(loans.c.category_id,
                     _count(one, which=loans.c.late).label('late'),
                     _count(one, which=loans.c.new).label('new')).group_by(
                         loans.c.category_id).cte('lately').prefix_with('MATERIALIZED')
    return base.outerjoin(counted, counted.c.category_id == _C.id), counted.c


def _lately_of_author(base: FromClause) -> tuple[FromClause, Any]:
    """An author of two roles in a book has its loans once."""
    share = contribution_table.c
    return _lately_of_row(base,
                          books=contribution_table.join(loan_table, _L.book_id == share.book_id),
                          of_parent=share.author_id == _A.id,
                          parent=author_table)


def _lately_of_category(base: FromClause) -> tuple[FromClause, Any]:
    return _lately_of_row(base,
                          books=book_table.join(loan_table, _L.book_id == book_table.c.id),
                          of_parent=book_table.c.category_id == _C.id,
                          parent=category_table)


def _lately_of_row(base: FromClause, *, books: FromClause, of_parent: ColumnElement[bool],
                   parent: Table) -> tuple[FromClause, Any]:
    """Counted for each row that is shown."""
    loan = distinct(_L.id)
    counted = select(
        _count(loan, which=_late).label('late'),
        _count(loan, which=_new).label('new')).select_from(books).where(
            of_parent, _L.returned_at.is_(None)).correlate(parent).lateral('lately')
    return base.outerjoin(counted, true()), counted.c


def _sorts(figures: Any, key: ColumnElement[Any], *own: SqlSort) -> tuple[SqlSort, ...]:

    def by_count(name: str, label: str, level: Level) -> SqlSort:
        return SqlSort(id=name, label=label, level=level, key=figures.c[name], tie=key)

    return (by_count('books_count', 'Books',
                     Level.LOGGED_OUT), *own, by_count('all_books_count', 'All books',
                                                       Level.ADMIN),
            by_count('active_loans_count', 'Current loans',
                     Level.ADMIN), by_count('loans_count', 'Popularity', Level.ADMIN))


_AUTHOR_KEY, _CATEGORY_KEY = author_figures_table.c.author_id, category_figures_table.c.category_id
_blank = literal_column("' '", Text)

CATEGORY = Parent(table=category_table,
                  figures=category_figures_table,
                  key=_CATEGORY_KEY,
                  names={'name': _C.name},
                  found_by=_C.name_key,
                  sorts=_sorts(category_figures_table, _CATEGORY_KEY,
                               SqlSort(id='name', label='Name', key=_C.name_key),
                               SqlSort(id='created_at', label='Recency', key=_C.created_at)),
                  lately=_lately_of_categories,
                  lately_of_one=_lately_of_category)
AUTHOR = Parent(table=author_table,
                figures=author_figures_table,
                key=_AUTHOR_KEY,
                names={
                    'given_name': _A.given_name,
                    'family_name': _A.family_name,
                    'full_name': func.concat_ws(_blank, _A.given_name, _A.family_name),
                },
                found_by=func.concat_ws(_blank,
                                        func.nullif(_A.given_key, ''),
                                        _A.family_key,
                                        type_=Text),
                sorts=_sorts(
                    author_figures_table, _AUTHOR_KEY,
                    SqlSort(id='family_name', label='Family name', key=_A.family_key),
                    SqlSort(id='given_name',
                            label='Given name',
                            key=GIVEN_RISING,
                            falling=_A.given_key),
                    SqlSort(id='created_at', label='Recency', key=_A.created_at)),
                lately=_lately_of_author,
                lately_of_one=_lately_of_author)
