from sqlalchemy.orm import Session

from talelio_backend.app_project.data.project_repository import SqlProjectRepository
from talelio_backend.app_project.domain.errors import OrderStale
from talelio_backend.shared.data.unit_of_work import SqlUnitOfWork


class SqlProjectUnitOfWork(SqlUnitOfWork):
    constraints = {'uq_project_owner_id_position': OrderStale}

    projects: SqlProjectRepository

    def attach(self, session: Session) -> None:
        self.projects = SqlProjectRepository(session)
