import json
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, bindparam, case, func, literal_column, select

from talelio_backend.app_library.data.circulation_orm import policy_table
from talelio_backend.app_library.domain.errors import PolicyNotFound
from talelio_backend.app_library.services.policies import Ruling
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.listing import SqlList, SqlSort
from talelio_backend.shared.data.orm import Id
from talelio_backend.shared.data.sql import as_text, json_object
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.services.listing import CursorCodec, Document, Page, PageRequest

_P = policy_table.c


def _amount(column: ColumnElement[Any]) -> ColumnElement[str]:
    return func.to_char(column, literal_column("'FM999999990.00'"), type_=Text)


_LEVEL = case(
    {
        int(level): literal_column(f"'{level.name.lower()}'", Text)
        for level in (Level.MEMBER, Level.ADMIN)
    },
    value=literal_column('access_level'))
_ROW = as_text(
    json_object(id=_P.id,
                access_level=_LEVEL,
                item_type=_P.item_type,
                length_days=_P.length_days,
                extensions=_P.extensions,
                extension_days=_P.extension_days,
                max_open_loans=_P.max_open_loans,
                holds_allowed=_P.holds_allowed,
                max_holds=_P.max_holds,
                pickup_days=_P.pickup_days,
                grace_days=_P.grace_days,
                overdue_per_day=_amount(_P.overdue_per_day),
                overdue_cap=_amount(_P.overdue_cap),
                rental=_P.rental))


class SqlPolicyQueries:
    """See the port ``PolicyQueries``."""

    def __init__(self, read: ReadDatabase, *, cursors: CursorCodec) -> None:
        self._read = read
        self._list = SqlList(name='library_policies',
                             default='created_at_asc',
                             tie=_P.id,
                             cursors=cursors,
                             sorts=(SqlSort(id='created_at', label='Recency',
                                            key=_P.created_at), ))
        self._one = select(_ROW.label('body')).where(_P.id == bindparam('id', type_=Id))

    def policies(self, request: PageRequest) -> Page:
        if request.options_only:
            return self._list.options_page(request)
        return self._list.page(self._read, request, base=lambda: select(_ROW.label('row')))

    def policy(self, policy_id: UUID) -> Document:
        row = self._read.one(self._one, {'id': policy_id})
        if row is None:
            raise PolicyNotFound()
        return Document(body=row.body, validator=row.body)

    def ruling(self, ruling: Ruling) -> Document:
        policy = self.policy(ruling.policy_id).body
        whole = f'{{"policy":{policy},"because":{json.dumps(ruling.because)}}}'
        return Document(body=whole, validator=whole)
