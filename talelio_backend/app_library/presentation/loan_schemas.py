from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from talelio_backend.app_library.domain.copy import Condition
from talelio_backend.app_library.presentation.hold_schemas import HoldView, whose
from talelio_backend.app_library.presentation.schemas import (CopyNameView, MemberNameView,
                                                              MoneyText, SmallBookView)
from talelio_backend.app_library.presentation.staff_fields import check_staff_fields
from talelio_backend.app_library.services.lending import Wanted
from talelio_backend.app_library.services.loan_queries import LoanFilter, LoanStatus
from talelio_backend.app_library.services.returning import Handed
from talelio_backend.shared.presentation.lists import ListQuery, ListView
from talelio_backend.shared.presentation.schemas import Body, Time, View
from talelio_backend.shared.services.authentication import Caller
from talelio_backend.shared.services.listing import BadQuery

Barcode = Annotated[str, Field(min_length=1, max_length=32)]


class LoanBody(Body):
    """A title or one copy of it. ``member_id`` and ``started_at`` are the staff's."""

    book_id: UUID | None = None
    barcode: Barcode | None = None
    member_id: UUID | None = None
    started_at: Time | None = None

    @model_validator(mode='after')
    def _one_thing(self) -> Self:
        if (self.book_id is None) == (self.barcode is None):
            raise PydanticCustomError('contradiction', 'give either book_id or barcode')
        return self

    def wanted(self, caller: Caller) -> Wanted:
        """Raises NotYours."""
        check_staff_fields(self, caller, 'member_id', 'started_at')
        return Wanted(book_id=self.book_id,
                      barcode=self.barcode,
                      member_id=self.member_id,
                      started_at=self.started_at)


class ReturnBody(Body):
    """What the staff notes; a member returns without a word."""

    returned_at: Time | None = None
    condition: Literal['new', 'good', 'worn', 'damaged'] | None = None
    waive_overdue: bool = False

    def handed(self, caller: Caller) -> Handed:
        """Raises NotYours."""
        check_staff_fields(self, caller, 'returned_at', 'condition', 'waive_overdue')
        return Handed(returned_at=self.returned_at,
                      condition=Condition(self.condition) if self.condition else None,
                      waive_overdue=self.waive_overdue)


class ExtendBody(Body):
    """Says nothing: the policy knows how long."""


class LostBody(Body):
    charge: Annotated[MoneyText, Field(ge=Decimal('0.01'), le=Decimal('100000.00'))] | None = None


class DeskReturnBody(Body):
    barcode: Barcode


class LoansQuery(ListQuery):
    """``member_id`` and ``q`` with ``scope=all`` alone."""

    scope: Literal['mine', 'all'] = 'mine'
    status: LoanStatus = 'open'
    book_id: UUID | None = None
    since: Time | None = None
    before: Time | None = None
    member_id: UUID | None = None
    q: Annotated[str | None, Field(max_length=200)] = None

    def filter(self, caller: Caller) -> LoanFilter:
        """Raises NotYours where a member asks for the loans of all, and BadQuery."""
        mine = whose(self.scope, caller)
        if mine is not None:
            for name in ('member_id', 'q'):
                if getattr(self, name) is not None:
                    raise BadQuery(parameter=name, reason='it goes with scope=all')
        return LoanFilter(owner_id=mine,
                          member_id=self.member_id,
                          status=self.status,
                          book_id=self.book_id,
                          since=self.since,
                          before=self.before,
                          q=self.q)


class TermsView(View):
    id: UUID
    length_days: int
    extensions: int
    extension_days: int
    grace_days: int
    overdue_per_day: str
    overdue_cap: str | None
    rental: bool


class ChargeView(View):
    """What a loan costs until now, or ``frozen`` at its return."""

    days: int
    rent: str
    overdue: str
    total: str
    currency: str
    frozen: bool


class LoanView(View):
    id: UUID
    book: SmallBookView
    copy_: Annotated[CopyNameView, Field(alias='copy')]
    member: MemberNameView | None
    started_at: Time
    due_at: Time
    extensions: int
    extended: bool
    returned_at: Time | None
    late: bool
    days_late: int
    policy: TermsView
    tariff: str | None
    charge: ChargeView
    can_extend: bool
    version: int


class LoansView(ListView):
    loans: list[LoanView]


class DeskReturnView(View):
    """``hold``: whom the copy waits for now."""

    loan: LoanView
    hold: HoldView | None
