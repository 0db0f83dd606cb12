from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, Text, bindparam, func, literal_column, select
from sqlalchemy.sql.functions import coalesce

from talelio_backend.app_library.data.catalogue_orm import book_table, item_type_table
from talelio_backend.app_library.data.money_orm import tariff_table
from talelio_backend.app_library.domain.errors import BookNotFound
from talelio_backend.app_library.domain.money_errors import TariffNotFound
from talelio_backend.app_library.domain.tariff import Tariff
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.data.orm import Id, Time
from talelio_backend.shared.data.sql import as_text, json_object, rfc3339
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.listing import CursorCodec, Document, Page, PageRequest

_T = tariff_table.c
_other = tariff_table.alias('other')
_NOW: ColumnElement[Any] = bindparam('now', type_=Time)
_ID = bindparam('id', type_=String)
_latest = select(func.max(
    _other.c.effective_from)).where(_other.c.effective_from <= _NOW).scalar_subquery()
_IN_FORCE = coalesce(_T.effective_from == _latest, literal_column('false'))
_BEGIN = coalesce(_T.effective_from, literal_column("'-infinity'::timestamptz"), type_=Time)
_row = as_text(
    json_object(id=_T.id,
                label=_T.label,
                effective_from=rfc3339(_T.effective_from),
                in_force=_IN_FORCE,
                currency=bindparam('currency', type_=Text),
                rates=literal_column('library_tariff.rates')))
_listed = select(_row.label('row'), func.md5(_row).label('stamp'))
_one = select(_row.label('body')).where(_T.id == _ID)
_whole = select(*_T)
_type_of_book = select(book_table.c.item_type).where(book_table.c.id == bindparam('id', type_=Id))
_type = select(item_type_table.c.id).where(item_type_table.c.id == _ID)


class SqlTariffQueries:
    """See the port ``TariffQueries``. Prices are in ``currency``, which is that of the whole
    installation: one that was set before the first entry is also that of the first tariffs."""

    def __init__(self, read: ReadDatabase, *, cursors: CursorCodec, clock: Clock,
                 currency: str) -> None:
        self._read = read
        self._clock = clock
        self._currency = currency
        self._list = SqlList(name='library_tariffs',
                             default='effective_from_desc',
                             tie=_T.id,
                             cursors=cursors,
                             sorts=(SqlSort(id='effective_from',
                                            label='Effective from',
                                            key=_BEGIN), ))

    def tariffs(self, request: PageRequest) -> Page:
        if request.options_only:
            return self._list.options_page(request)
        return self._list.page(self._read,
                               request,
                               base=lambda: _listed,
                               passing={
                                   'now': self._clock.now(),
                                   'currency': self._currency
                               })

    def tariff(self, tariff_id: str) -> Document:
        given = {'id': tariff_id, 'now': self._clock.now(), 'currency': self._currency}
        row = self._read.one(_one, given)
        if row is None:
            raise TariffNotFound()
        return Document(body=row.body, validator=row.body)

    def price_list(self, tariff_id: str | None) -> Tariff:
        if tariff_id is None:
            wanted = _whole.where(_T.effective_from == _latest)
            row = self._read.one(wanted, {'now': self._clock.now()})
        else:
            row = self._read.one(_whole.where(_T.id == _ID), {'id': tariff_id})
        if row is None:
            raise TariffNotFound()
        return Tariff(id=row.id,
                      label=row.label,
                      effective_from=row.effective_from,
                      currency=self._currency,
                      rates=row.rates,
                      created_at=row.created_at)

    def item_type_of(self, book_id: UUID) -> str:
        row = self._read.one(_type_of_book, {'id': book_id})
        if row is None:
            raise BookNotFound()
        return str(row.item_type)

    def has_item_type(self, item_type: str) -> bool:
        return self._read.one(_type, {'id': item_type}) is not None
