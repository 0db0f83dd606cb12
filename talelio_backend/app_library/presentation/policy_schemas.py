from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from talelio_backend.app_library.domain.policy import Because
from talelio_backend.app_library.presentation.schemas import MoneyText, Slug
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation.lists import ListView
from talelio_backend.shared.presentation.schemas import Body, PatchBody, Query, View

LevelName = Literal['member', 'admin']
Length = Annotated[int, Field(ge=1, le=365)]
Extensions = Annotated[int, Field(ge=0, le=10)]
Most = Annotated[int, Field(ge=1, le=1000)]
Pickup = Annotated[int, Field(ge=1, le=60)]
Grace = Annotated[int, Field(ge=0, le=60)]


class PolicyBody(Body):
    """What is left out is as in the policy that every library begins with."""

    access_level: LevelName | None = None
    item_type: Slug | None = None
    length_days: Length = 20
    extensions: Extensions = 1
    extension_days: Length = 20
    max_open_loans: Most | None = None
    holds_allowed: bool = True
    max_holds: Most | None = 10
    pickup_days: Pickup = 7
    grace_days: Grace = 0
    overdue_per_day: MoneyText = Decimal('0.00')
    overdue_cap: MoneyText | None = None
    rental: bool = True

    def fields(self) -> dict[str, Any]:
        return _levelled(dict(self))


class PolicyPatchBody(PatchBody):
    access_level: LevelName | None = None
    item_type: Slug | None = None
    length_days: Length = 1
    extensions: Extensions = 0
    extension_days: Length = 1
    max_open_loans: Most | None = None
    holds_allowed: bool = True
    max_holds: Most | None = None
    pickup_days: Pickup = 1
    grace_days: Grace = 0
    overdue_per_day: MoneyText = Decimal('0.00')
    overdue_cap: MoneyText | None = None
    rental: bool = True

    def policy_changes(self) -> dict[str, Any]:
        return _levelled(self.changes())


class ResolveQuery(Query):
    member_id: UUID
    item_type: Annotated[str, Field(max_length=30)]


class PolicyView(View):
    id: UUID
    access_level: LevelName | None
    item_type: str | None
    length_days: int
    extensions: int
    extension_days: int
    max_open_loans: int | None
    holds_allowed: bool
    max_holds: int | None
    pickup_days: int
    grace_days: int
    overdue_per_day: str
    overdue_cap: str | None
    rental: bool


class PoliciesView(ListView):
    policies: list[PolicyView]


class RulingView(View):
    policy: PolicyView
    because: Because


def _levelled(fields: dict[str, Any]) -> dict[str, Any]:
    if fields.get('access_level') is not None:
        fields['access_level'] = Level[fields['access_level'].upper()]
    return fields
