from flask import request

from talelio_backend.app_account.domain.errors import NotAssumed
from talelio_backend.app_account.presentation.schemas import AssumedView, UserView
from talelio_backend.app_account.services.assuming import AssumedAccountBlocked, AssumingService
from talelio_backend.app_account.services.sessions import Visitor
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import UserNotFound
from talelio_backend.shared.presentation.answers import Answer, no_content
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.personal import personal


class AssumeResource(Resource):

    def __init__(self, assuming: AssumingService) -> None:
        self._assuming = assuming

    @endpoint(access=Level.ADMIN,
              summary='Act as a member for a quarter of an hour',
              response=AssumedView,
              errors=(UserNotFound, AssumedAccountBlocked))
    def post(self, call: Call, username: str) -> Answer:
        visitor = Visitor(ip=request.remote_addr or '', user_agent=request.user_agent.string)
        assumed = self._assuming.assume(username=username,
                                        by=call.caller.member_id,
                                        session_id=call.caller.session_id,
                                        visitor=visitor)
        token = assumed.access_token
        return personal(
            Answer(body=AssumedView(access_token=token.text,
                                    token_type='Bearer',
                                    expires_in=token.expires_in,
                                    user=UserView.shown(assumed.account))))


class ReturnResource(Resource):

    def __init__(self, assuming: AssumingService) -> None:
        self._assuming = assuming

    @endpoint(access=Level.MEMBER,
              summary='Stop acting as somebody else',
              status=204,
              unverified=True,
              errors=(NotAssumed, ))
    def post(self, call: Call) -> Answer:
        self._assuming.leave(session_id=call.caller.session_id)
        return no_content()
