from uuid import UUID

from talelio_backend.app_project.domain.errors import OrderStale, ProjectLimit, ProjectNotFound
from talelio_backend.app_project.presentation.schemas import (NewProjectBody, OrderBody,
                                                              ProjectDocumentView,
                                                              ProjectPatchBody, ProjectsView,
                                                              ProjectView)
from talelio_backend.app_project.services.projects import ProjectService
from talelio_backend.app_project.services.queries import ProjectQueries
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import UserNotFound
from talelio_backend.shared.presentation.answers import Answer, document, no_content, unless_known
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.conditional import naming_the_present
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import ListQuery, list_answer


class NewProjectResource(Resource):

    def __init__(self, service: ProjectService, projects: ProjectQueries) -> None:
        self._service = service
        self._projects = projects

    @endpoint(access=Level.MEMBER,
              summary='Add a project at the end of your own',
              status=201,
              response=ProjectView,
              errors=(ProjectLimit, ))
    def post(self, call: Call, body: NewProjectBody) -> Answer:
        project_id = self._service.create(owner_id=call.caller.member_id,
                                          details=body.details(),
                                          body=body.body)
        return document(self._projects.own_document(project_id),
                        location=f'/v1/projects/{project_id}')


class ProjectResource(Resource):

    def __init__(self, service: ProjectService, projects: ProjectQueries) -> None:
        self._service = service
        self._projects = projects

    @endpoint(access=Level.LOGGED_OUT,
              summary='Read a project',
              response=ProjectDocumentView,
              errors=(ProjectNotFound, ))
    def get(self, project_id: UUID, call: Call) -> Answer:  # pylint: disable=unused-argument
        return unless_known(lambda: self._projects.document_validator(project_id),
                            lambda: self._projects.document(project_id))

    @endpoint(access=Level.MEMBER,
              summary='Change a project',
              response=ProjectView,
              if_match='accepted',
              errors=(ProjectNotFound, ))
    def patch(self, project_id: UUID, call: Call, body: ProjectPatchBody) -> Answer:
        with naming_the_present(lambda: self._projects.document_validator(project_id)):
            self._service.edit(project_id=project_id,
                               caller=call.caller,
                               changes=body.details(),
                               body=body.new_body(),
                               expected_version=call.expected_version)
        return document(self._projects.own_document(project_id))

    @endpoint(access=Level.MEMBER,
              summary='Delete a project',
              status=204,
              if_match='accepted',
              errors=(ProjectNotFound, ))
    def delete(self, project_id: UUID, call: Call) -> Answer:
        with naming_the_present(lambda: self._projects.document_validator(project_id)):
            self._service.delete(project_id=project_id,
                                 caller=call.caller,
                                 expected_version=call.expected_version)
        return no_content()


class ProjectOrderResource(Resource):

    def __init__(self, service: ProjectService) -> None:
        self._service = service

    @endpoint(access=Level.MEMBER,
              summary='Put your own projects in order',
              status=204,
              errors=(OrderStale, ))
    def put(self, call: Call, body: OrderBody) -> Answer:
        self._service.put_in_order(owner_id=call.caller.member_id, ids=body.ids)
        return no_content()


class OwnerProjectsResource(Resource):

    def __init__(self, projects: ProjectQueries) -> None:
        self._projects = projects

    @endpoint(access=Level.LOGGED_OUT,
              summary='The projects of one person',
              response=ProjectsView,
              errors=(UserNotFound, ))
    def get(self, username: str, call: Call, query: ListQuery) -> Answer:
        request = query.page_request(call.caller.level)
        return list_answer('projects', self._projects.of_user(username, request), request)
