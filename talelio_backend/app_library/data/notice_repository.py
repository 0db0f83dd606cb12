from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from talelio_backend.app_library.data.circulation_orm import notice_table

_N = notice_table.c


class SqlNoticeRepository:
    """See the port ``NoticeRepository``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def claim(self, *, kind: str, thing_id: UUID, due_at: datetime, now: datetime) -> bool:
        taken = insert(notice_table).values(kind=kind,
                                            thing_id=thing_id,
                                            due_at=due_at,
                                            created_at=now).on_conflict_do_nothing()
        return self._session.scalar(taken.returning(_N.thing_id)) is not None

    def release(self, *, kind: str, thing_id: UUID, due_at: datetime) -> None:
        self._session.execute(
            delete(notice_table).where(_N.kind == kind, _N.thing_id == thing_id,
                                       _N.due_at == due_at))
