from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from talelio_backend.app_library.data.intake_orm import import_file_table, import_problem_table
from talelio_backend.app_library.domain.importing import Import, Problem

_F = import_file_table.c


class SqlImportRepository:
    """See the port ``ImportRepository``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, new: Import, content: bytes) -> None:
        self._session.add(new)
        self._session.flush()
        self._session.execute(insert(import_file_table).values(import_id=new.id, content=content))

    def locked(self, import_id: UUID) -> Import | None:
        return self._session.get(Import, import_id, with_for_update=True, populate_existing=True)

    def content(self, import_id: UUID) -> bytes | None:
        return self._session.scalar(select(_F.content).where(_F.import_id == import_id))

    def forget_content(self, import_id: UUID) -> None:
        self._session.execute(delete(import_file_table).where(_F.import_id == import_id))

    def add_problems(self, problems: Sequence[Problem]) -> None:
        if problems:
            self._session.execute(insert(import_problem_table),
                                  [asdict(problem) for problem in problems])
