from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, defer

from talelio_backend.app_project.data.orm import project_table
from talelio_backend.app_project.domain.project import Project
from talelio_backend.app_project.domain.shelf import Shelf

# A lock by the owner's id, and not of rows: a person without projects has none to lock.
_lock = select(
    func.pg_advisory_xact_lock(func.hashtextextended(bindparam('shelf'), bindparam('seed'))))
_shelf = (select(Project).where(project_table.c.owner_id == bindparam('owner_id')).order_by(
    project_table.c.position).options(*(defer(getattr(Project, name), raiseload=True)
                                        for name in ('body', 'html',
                                                     'named_links'))).with_for_update())


class SqlProjectRepository:

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, project: Project) -> None:
        self._session.add(project)

    def with_id(self, project_id: UUID) -> Project | None:
        return self._session.get(Project, project_id, with_for_update=True)

    def shelf_of(self, owner_id: UUID) -> Shelf:
        self._session.execute(_lock, {'shelf': f'project {owner_id}', 'seed': 0})
        projects = self._session.scalars(_shelf, {'owner_id': owner_id}).all()
        return Shelf(owner_id=owner_id, projects=projects)

    def remove(self, project: Project) -> None:
        self._session.delete(project)
