from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from talelio_backend.app_library.domain.circulation_events import (HoldBecameReady, HoldCancelled,
                                                                   HoldEvent, HoldExpired)
from talelio_backend.app_library.services.notice_ports import (NoticeFacts, NoticeKey, Notified,
                                                               Stage, Switch)
from talelio_backend.app_library.services.waiting_ports import WaitingUnitOfWork
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.jobs import Job
from talelio_backend.shared.services.letters import Letter, Letters
from talelio_backend.shared.services.mailer import Mail, Mailer, MailUnavailable

NOTICES, SEND_NOTICE = 'library.notices', 'library.send_notice'
DUE_SOON, OVERDUE = 'loan_due_soon', 'loan_overdue'
HOLD_NOTICES: dict[type[HoldEvent], str] = {
    HoldBecameReady: 'hold_ready',
    HoldExpired: 'hold_expired',
    HoldCancelled: 'hold_cancelled',
}
_AT_ONCE = 500


def on_hold(event: HoldEvent) -> list[Job]:
    """The job that tells the member what became of a hold."""
    kind = HOLD_NOTICES[type(event)]
    return [_job(kind, name=kind, thing_id=event.hold_id, due_at=None)]


def _job(kind: str, *, name: str, thing_id: UUID, due_at: datetime | None) -> Job:
    """``name`` tells apart what is told several times of one due date."""
    return Job(name=SEND_NOTICE,
               arguments={
                   'kind': kind,
                   'name': name,
                   'mail_id': str(new_id()),
                   'thing_id': str(thing_id),
                   'due_at': due_at.isoformat() if due_at else None,
               })


class FindingService:
    """Finds the loans that are to be told of."""

    def __init__(self, *, open_uow: Callable[[], WaitingUnitOfWork], clock: Clock,
                 due_soon_days: int, overdue_days: Sequence[int]) -> None:
        self._open_uow = open_uow
        self._clock = clock
        self._due_soon = timedelta(days=due_soon_days)
        self._overdue = sorted(set(overdue_days))

    def find(self) -> None:
        """Begins every notice whose time has come. Of several that were missed, as when no worker
        ran for long, the last alone."""
        now = self._clock.now()
        stages = [(DUE_SOON,
                   Stage(name=DUE_SOON, switch='due_soon', after=now, until=now + self._due_soon))]
        for days, following in pairwise((*self._overdue, None)):
            assert days is not None
            stages.append(
                (OVERDUE,
                 Stage(name=f'{OVERDUE}_{days}',
                       switch='overdue',
                       after=None if following is None else now - timedelta(days=following),
                       until=now - timedelta(days=days))))
        for kind, stage in stages:
            while self._begin(kind, stage, now):
                pass

    def _begin(self, kind: str, stage: Stage, now: datetime) -> bool:
        with self._open_uow() as uow:
            found = uow.notices.begin(stage, count=_AT_ONCE, now=now)
            for loan in found:
                uow.defer(_job(kind, name=stage.name, thing_id=loan.loan_id, due_at=loan.due_at))
            uow.commit()
        return len(found) == _AT_ONCE


class NoticeService:
    """Writes and sends the notices, in the worker: each at most once, and not at all where it is
    not true any more, or nobody wants it."""

    def __init__(self, *, open_uow: Callable[[], WaitingUnitOfWork], facts: NoticeFacts,
                 mailer: Mailer, letters: Letters, clock: Clock, client_url: str,
                 mail_domain: str) -> None:
        self._open_uow = open_uow
        self._facts = facts
        self._mailer = mailer
        self._letters = letters
        self._clock = clock
        self._client_url = client_url
        self._mail_domain = mail_domain

    def send(self, *, kind: str, name: str, mail_id: str, thing_id: str,
             due_at: str | None) -> None:
        """Raises MailUnavailable; it may then be tried again."""
        told = self._told(kind, UUID(thing_id), due_at)
        if told is None:
            return
        letter = self._write(kind, told)
        key = NoticeKey(name=name, thing_id=UUID(thing_id), due_at=told.moment)
        with self._open_uow() as uow:
            claimed = uow.notices.claim(key, now=self._clock.now())
            uow.commit()
        if not claimed:
            return
        try:
            self._mailer.send(
                Mail(kind=kind,
                     to=told.email,
                     language=letter.language,
                     subject=letter.subject,
                     text=letter.text,
                     html=letter.html,
                     message_id=f'<{mail_id}@{self._mail_domain}>'))
        except MailUnavailable:
            with self._open_uow() as uow:
                uow.notices.release(key)
                uow.commit()
            raise

    def _told(self, kind: str, thing_id: UUID, due_at: str | None) -> Notified | None:
        if kind in (DUE_SOON, OVERDUE):
            told = self._facts.loan(thing_id)
            # An extended loan is another matter.
            if told is not None and (due_at is None
                                     or told.moment != datetime.fromisoformat(due_at)):
                return None
        else:
            told = self._facts.hold(thing_id, kind)
        return told if told is not None and _switch(kind) in told.wanted else None

    def _write(self, kind: str, told: Notified) -> Letter:
        return self._letters.write(kind,
                                   language=told.language,
                                   title=told.title,
                                   date=told.moment.date().isoformat(),
                                   username=told.username,
                                   link=f'{self._client_url}/library/books/{told.book_id}',
                                   site=self._client_url)


def _switch(kind: str) -> Switch:
    if kind == DUE_SOON:
        return 'due_soon'
    return 'overdue' if kind == OVERDUE else 'holds'
