from sqlalchemy.orm import Session

from talelio_backend.app_navigation.data.link_repository import SqlLinkRepository
from talelio_backend.shared.data.unit_of_work import SqlUnitOfWork


class SqlNavigationUnitOfWork(SqlUnitOfWork):

    links: SqlLinkRepository

    def attach(self, session: Session) -> None:
        self.links = SqlLinkRepository(session)
