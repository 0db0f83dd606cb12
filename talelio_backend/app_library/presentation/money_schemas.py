from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from talelio_backend.app_library.domain.ledger import Kind, Reason
from talelio_backend.app_library.domain.member import Notices
from talelio_backend.app_library.presentation.schemas import MemberNameView, MoneyText
from talelio_backend.app_library.presentation.tariff_schemas import LineView
from talelio_backend.app_library.services.booking import Order
from talelio_backend.app_library.services.money_queries import EntryFilter, MemberFilter
from talelio_backend.shared.presentation.lists import ListQuery, ListView
from talelio_backend.shared.presentation.schemas import (Body, Line, LongText, PatchBody, Query,
                                                         Time, View)

KindName = Literal['charge', 'payment', 'waiver', 'refund', 'void']
ReasonName = Literal['rent', 'overdue', 'lost', 'damage', 'other']


class EntryBody(Body):
    """``reason`` is told of charges; a void names the entry that it undoes, and nothing else of
    its own."""

    kind: KindName
    amount: Annotated[MoneyText, Field(ge=Decimal('0.01'), le=100_000)] | None = None
    reason: Literal['lost', 'damage', 'other'] | None = None
    loan_id: UUID | None = None
    voids: UUID | None = None
    note: Annotated[LongText, Field(max_length=500)] = ''

    @model_validator(mode='after')
    def _what_its_kind_needs(self) -> Self:
        void = self.kind == 'void'
        for name, needed, allowed in (('amount', not void, not void), ('voids', void, void),
                                      ('reason', False, self.kind == 'charge'), ('loan_id', False,
                                                                                 not void)):
            given = getattr(self, name) is not None
            if given and not allowed:
                raise PydanticCustomError('not_with_kind', f'a {self.kind} has no {name}')
            if needed and not given:
                raise PydanticCustomError('required', f'a {self.kind} needs {name}')
        return self

    def order(self) -> Order:
        reason = Reason(self.reason or 'other') if self.kind == 'charge' else None
        return Order(kind=Kind(self.kind),
                     amount=self.amount,
                     reason=reason,
                     loan_id=self.loan_id,
                     voids=self.voids,
                     note=self.note)


class EntriesQuery(ListQuery):
    kind: list[KindName] = []
    since: Time | None = None
    before: Time | None = None

    def filter(self) -> EntryFilter:
        return EntryFilter(kinds=tuple(Kind(name) for name in self.kind),
                           since=self.since,
                           before=self.before)


class BalanceQuery(Query):
    as_of: Time | None = None
    tariff: Annotated[str | None, Field(max_length=30)] = None


class MembersQuery(ListQuery):
    q: Annotated[str | None, Field(max_length=200)] = None
    late: bool = False

    def filter(self) -> MemberFilter:
        return MemberFilter(q=self.q, late=self.late)


class NoticesBody(Body):
    due_soon: bool = True
    overdue: bool = True
    holds: bool = True


class MemberPatch(PatchBody):
    notices: NoticesBody = NoticesBody()
    history_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    credit_limit: MoneyText | None = None
    card_number: Annotated[Line, Field(min_length=1, max_length=32)] = ''

    def read(self) -> dict[str, Any]:
        changes = self.changes()
        if 'notices' in changes:
            changes['notices'] = Notices(**self.notices.model_dump())
        return changes


class EntryView(View):
    id: UUID
    kind: KindName
    reason: ReasonName | None
    amount: str
    currency: str
    loan_id: UUID | None
    voids: UUID | None
    note: str
    actor: MemberNameView | None
    effective_at: Time
    created_at: Time


class EntriesView(ListView):
    entries: list[EntryView]


class BookTitleView(View):
    id: UUID
    title: str


class BalanceItemView(View):
    loan_id: UUID
    book: BookTitleView
    item_type: str
    tariff: str | None
    started_at: Time
    ended_at: Time | None
    open: bool
    days: int
    rent: str
    overdue: str
    total: str
    minimum_applied: bool
    lines: list[LineView]


class BalanceView(View):
    member: MemberNameView
    currency: str
    as_of: Time
    tariff: str | None
    simulated: bool
    balance: str
    ledger: str
    accrued: str
    credit_limit: str | None
    items: list[BalanceItemView]


class NoticesView(View):
    due_soon: bool
    overdue: bool
    holds: bool


class MemberView(View):
    """``card_number`` is null for somebody who never used the library."""

    id: UUID
    username: str
    card_number: str | None
    credit_limit: str | None
    notices: NoticesView
    history_days: int | None
    active_loans_count: int
    holds_count: int
    currency: str


class ListedMemberView(MemberView):
    balance: str
    ledger: str
    loans_count: int
    created_at: Time


class MembersView(ListView):
    members: list[ListedMemberView]


class ForgottenView(View):
    anonymised: int
