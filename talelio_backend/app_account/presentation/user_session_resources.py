# pylint: disable=unused-argument  # the kernel hands its call to every endpoint
from uuid import UUID

from talelio_backend.app_account.domain.errors import SessionNotFound
from talelio_backend.app_account.presentation.schemas import EndSessionsQuery, SessionsView
from talelio_backend.app_account.services.administration import AdministrationService
from talelio_backend.app_account.services.queries import AccountQueries
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import UserNotFound
from talelio_backend.shared.presentation.answers import Answer, no_content
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import ListQuery, list_answer
from talelio_backend.shared.presentation.personal import personal
from talelio_backend.shared.services.listing import BadQuery


class UserSessionsResource(Resource):

    def __init__(self, administration: AdministrationService, queries: AccountQueries) -> None:
        self._administration = administration
        self._queries = queries

    @endpoint(access=Level.ADMIN,
              summary='The live sessions of an account',
              response=SessionsView,
              errors=(UserNotFound, BadQuery))
    def get(self, call: Call, username: str, query: ListQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        page = self._queries.sessions(account_id=self._queries.account_id(username),
                                      current=call.caller.session_id,
                                      request=wanted)
        return personal(list_answer('sessions', page, wanted))

    @endpoint(access=Level.ADMIN,
              summary='End the sessions of an account',
              status=204,
              errors=(UserNotFound, ))
    def delete(self, call: Call, username: str, query: EndSessionsQuery) -> Answer:
        keep = call.caller.session_id if query.keep_current else None
        self._administration.end_sessions(username=username, keep=keep)
        return no_content()


class UserSessionResource(Resource):

    def __init__(self, administration: AdministrationService) -> None:
        self._administration = administration

    @endpoint(access=Level.ADMIN,
              summary='End one session of an account',
              status=204,
              errors=(UserNotFound, SessionNotFound))
    def delete(self, call: Call, username: str, session_id: UUID) -> Answer:
        self._administration.end_session(username=username, session_id=session_id)
        return no_content()
