from talelio_backend.app_project.data.orm import project_table
from talelio_backend.app_project.data.queries import SqlProjectQueries
from talelio_backend.app_project.data.unit_of_work import SqlProjectUnitOfWork
from talelio_backend.app_project.domain.events import (ProjectCreated, ProjectDeleted,
                                                       ProjectRendered, ProjectsReordered,
                                                       ProjectUpdated)
from talelio_backend.app_project.presentation.resources import (NewProjectResource,
                                                                OwnerProjectsResource,
                                                                ProjectOrderResource,
                                                                ProjectResource)
from talelio_backend.app_project.services.ports import ProjectUnitOfWork
from talelio_backend.app_project.services.projects import ProjectService
from talelio_backend.shared.area import Area, Kernel, Route
from talelio_backend.shared.data.markdown_sources import SqlSources
from talelio_backend.shared.services.stored_html import StoredHtml


def plug(kernel: Kernel, _settings: object) -> Area:

    def open_uow() -> ProjectUnitOfWork:
        return SqlProjectUnitOfWork(kernel.transactions)

    queries = SqlProjectQueries(kernel.read, cursors=kernel.cursors)
    service = ProjectService(open_uow=open_uow, markdown=kernel.markdown, clock=kernel.clock)
    both = {'service': service, 'projects': queries}
    return Area(
        name='project',
        events=(ProjectCreated, ProjectUpdated, ProjectRendered, ProjectDeleted,
                ProjectsReordered),
        stored_html=StoredHtml(things='projects',
                               sources=SqlSources(kernel.read, project_table),
                               markdown=kernel.markdown,
                               render_one=service.render_anew),
        routes=(
            Route(rule='/v1/projects', resource=NewProjectResource, arguments=both),
            Route(rule='/v1/projects/<uuid:project_id>', resource=ProjectResource, arguments=both),
            Route(rule='/v1/me/projects/order',
                  resource=ProjectOrderResource,
                  arguments={'service': service}),
            Route(rule='/v1/users/<username>/projects',
                  resource=OwnerProjectsResource,
                  arguments={'projects': queries}),
        ),
    )
