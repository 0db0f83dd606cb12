import hmac
from collections.abc import Callable
from uuid import UUID

from talelio_backend.app_library.domain.errors import CalendarNotFound
from talelio_backend.app_library.services.calendar_ports import (CalendarQueries, CalendarTokens,
                                                                 CalendarWriter)
from talelio_backend.app_library.services.ports import DeskUnitOfWork
from talelio_backend.shared.domain.errors import NotYours
from talelio_backend.shared.services.clock import Clock


class CalendarService:
    """Due dates for calendar programs, which show no token but the address itself."""

    def __init__(self, *, open_uow: Callable[[], DeskUnitOfWork], queries: CalendarQueries,
                 tokens: CalendarTokens, writer: CalendarWriter, clock: Clock) -> None:
        self._open_uow = open_uow
        self._queries = queries
        self._tokens = tokens
        self._writer = writer
        self._clock = clock

    def token(self, member_id: UUID) -> str:
        """Of the present address."""
        return self._tokens.seal(member_id, turn=self._queries.turn(member_id) or 0)

    def turn_over(self, member_id: UUID) -> str:
        """The former address is good for nothing from now on. Raises NotYours (the account is
        gone by now)."""
        with self._open_uow() as uow:
            member = uow.members.locked(member_id, now=self._clock.now())
            if member is None:
                raise NotYours()
            member.turn_calendar_over()
            uow.commit()
        return self._tokens.seal(member_id, turn=member.calendar_turn)

    def calendar(self, token: str) -> bytes:
        """Raises CalendarNotFound for a forged or former token, and where the account is blocked
        or gone."""
        member_id = self._tokens.named(token)
        turn = None if member_id is None else self._queries.turn(member_id)
        if member_id is None or turn is None:
            raise CalendarNotFound()
        present = self._tokens.seal(member_id, turn=turn)
        if not hmac.compare_digest(present.encode(), token.encode()):
            raise CalendarNotFound()
        return self._writer.write(self._queries.due(member_id))
