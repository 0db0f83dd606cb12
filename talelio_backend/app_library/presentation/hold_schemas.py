from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from talelio_backend.app_library.domain.hold import HoldState
from talelio_backend.app_library.presentation.schemas import (CopyNameView, MemberNameView,
                                                              SmallBookView)
from talelio_backend.app_library.services.hold_queries import HoldFilter
from talelio_backend.shared.domain.errors import NotYours
from talelio_backend.shared.presentation.lists import ListQuery, ListView
from talelio_backend.shared.presentation.schemas import Body, Time, View
from talelio_backend.shared.services.authentication import Caller

HoldStateName = Literal['waiting', 'suspended', 'ready', 'fulfilled', 'expired', 'cancelled']


class HoldBody(Body):
    book_id: UUID
    member_id: UUID | None = None


class SuspendBody(Body):
    until: Time | None = None


class ResumeBody(Body):
    """Says nothing."""


class HoldsQuery(ListQuery):
    scope: Literal['mine', 'all'] = 'mine'
    state: list[HoldStateName] = []
    book_id: UUID | None = None

    def filter(self, caller: Caller) -> HoldFilter:
        """Raises NotYours where a member asks for the holds of all."""
        return HoldFilter(member_id=whose(self.scope, caller),
                          states=tuple(HoldState(name) for name in self.state),
                          book_id=self.book_id)


def whose(scope: Literal['mine', 'all'], caller: Caller) -> UUID | None:
    """Whom a list is about, None: everybody. Raises NotYours."""
    if scope == 'mine':
        return caller.member_id
    if not caller.is_admin:
        raise NotYours()
    return None


class HoldView(View):
    id: UUID
    book: SmallBookView
    member: MemberNameView
    state: HoldStateName
    position: int | None
    placed_at: Time
    suspended_until: Time | None
    ready_at: Time | None
    ready_until: Time | None
    copy_: Annotated[CopyNameView | None, Field(alias='copy')]
    closed_at: Time | None
    reason: str | None


class HoldsView(ListView):
    holds: list[HoldView]
