# pylint: disable=unused-argument  # the kernel hands its call to every endpoint
from uuid import UUID

from flask import after_this_request, request

from talelio_backend.app_account.domain.errors import (InvalidCredentials, RefreshTokenInvalid,
                                                       RefreshTokenMissing, SessionNotFound,
                                                       TooManyAttempts)
from talelio_backend.app_account.presentation.refresh_cookie import RefreshCookie
from talelio_backend.app_account.presentation.schemas import (AccessTokenView, EndSessionsQuery,
                                                              LoginBody, SessionsView)
from talelio_backend.app_account.services.queries import AccountQueries
from talelio_backend.app_account.services.sessions import SessionService, SignedInSession, Visitor
from talelio_backend.app_account.services.signing_in import SignInService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import Busy, SessionStoreUnavailable, Unauthenticated
from talelio_backend.shared.presentation.answers import Answer, no_content
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import ListQuery, list_answer
from talelio_backend.shared.presentation.personal import personal
from talelio_backend.shared.services.authentication import AccountBlocked
from talelio_backend.shared.services.listing import BadQuery


def _signed_in(session: SignedInSession, cookie: RefreshCookie) -> Answer:
    token = session.access_token
    return Answer(body=AccessTokenView(access_token=token.text,
                                       token_type='Bearer',
                                       expires_in=token.expires_in),
                  cookies=(cookie.holding(session.refresh_token,
                                          seconds=session.refresh_expires_in), ))


class LoginResource(Resource):

    def __init__(self, signing_in: SignInService, cookie: RefreshCookie) -> None:
        self._signing_in = signing_in
        self._cookie = cookie

    @endpoint(access=Level.EVERYONE,
              summary='Sign in with a password',
              response=AccessTokenView,
              errors=(InvalidCredentials, AccountBlocked, TooManyAttempts, Busy,
                      SessionStoreUnavailable))
    def post(self, call: Call, body: LoginBody) -> Answer:
        visitor = Visitor(ip=request.remote_addr or '', user_agent=request.user_agent.string)
        session = self._signing_in.sign_in(email=body.email,
                                           username=body.username,
                                           password=body.password,
                                           visitor=visitor,
                                           cookie=self._cookie.sent())
        return _signed_in(session, self._cookie)


class TokenResource(Resource):

    def __init__(self, sessions: SessionService, cookie: RefreshCookie) -> None:
        self._sessions = sessions
        self._cookie = cookie

    @endpoint(access=Level.EVERYONE,
              summary='Get a new access token with the refresh token of the cookie',
              response=AccessTokenView,
              lenient_token=True,
              errors=(RefreshTokenMissing, RefreshTokenInvalid, SessionStoreUnavailable))
    def post(self, call: Call) -> Answer:
        try:
            session = self._sessions.refresh(self._cookie.sent())
        except Unauthenticated:
            after_this_request(self._cookie.clear_on)
            raise
        return _signed_in(session, self._cookie)


class LogoutResource(Resource):

    def __init__(self, sessions: SessionService, cookie: RefreshCookie) -> None:
        self._sessions = sessions
        self._cookie = cookie

    @endpoint(access=Level.EVERYONE, summary='Sign out', status=204, lenient_token=True)
    def post(self, call: Call) -> Answer:
        self._sessions.sign_out(cookie=self._cookie.sent(), session_id=call.caller.session_id)
        return no_content(cookies=(self._cookie.cleared(), ))


class MySessionsResource(Resource):

    def __init__(self, sessions: SessionService, queries: AccountQueries) -> None:
        self._sessions = sessions
        self._queries = queries

    @endpoint(access=Level.MEMBER,
              summary='My live sessions',
              response=SessionsView,
              errors=(BadQuery, ))
    def get(self, call: Call, query: ListQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        page = self._queries.sessions(account_id=call.caller.member_id,
                                      current=call.caller.session_id,
                                      request=wanted)
        return personal(list_answer('sessions', page, wanted))

    @endpoint(access=Level.MEMBER, summary='End my sessions', status=204, unverified=True)
    def delete(self, call: Call, query: EndSessionsQuery) -> Answer:
        keep = call.caller.session_id if query.keep_current else None
        self._sessions.end_all(account_id=call.caller.member_id, keep=keep)
        return no_content()


class MySessionResource(Resource):

    def __init__(self, sessions: SessionService) -> None:
        self._sessions = sessions

    @endpoint(access=Level.MEMBER,
              summary='End one of my sessions',
              status=204,
              unverified=True,
              errors=(SessionNotFound, ))
    def delete(self, call: Call, session_id: UUID) -> Answer:
        self._sessions.end(account_id=call.caller.member_id, session_id=session_id)
        return no_content()
