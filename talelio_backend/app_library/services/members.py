from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from talelio_backend.app_library.domain.money_errors import MemberNotFound
from talelio_backend.app_library.services.money_ports import MoneyUnitOfWork
from talelio_backend.shared.domain.errors import NotYours
from talelio_backend.shared.services.authentication import Caller
from talelio_backend.shared.services.clock import Clock

_FOR_STAFF = frozenset({'credit_limit', 'card_number'})


class MemberService:
    """What the library keeps of a person beside the account."""

    def __init__(self, *, open_uow: Callable[[], MoneyUnitOfWork], clock: Clock) -> None:
        self._open_uow = open_uow
        self._clock = clock

    def change(self, *, member_id: UUID, caller: Caller, changes: Mapping[str, Any]) -> None:
        """``changes`` are new values of the member's fields. Raises NotYours where a member sends
        what the staff decides, MemberNotFound, CardNumberTaken."""
        if not caller.is_admin and _FOR_STAFF & set(changes):
            raise NotYours()
        with self._open_uow() as uow:
            member = uow.members.locked(member_id, now=self._clock.now())
            if member is None:
                raise MemberNotFound()
            member.change(changes, username=uow.members.username(member_id) or '')
            uow.commit()
