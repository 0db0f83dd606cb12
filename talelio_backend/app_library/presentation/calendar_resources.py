from uuid import UUID

from talelio_backend.app_library.domain.errors import CalendarNotFound
from talelio_backend.app_library.domain.money_errors import MemberNotFound
from talelio_backend.app_library.presentation.calendar_schemas import CalendarLinkView
from talelio_backend.app_library.presentation.member_path import named_member
from talelio_backend.app_library.services.calendar import CalendarService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import NotYours
from talelio_backend.shared.presentation.answers import Answer
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.conditional import etag
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.personal import personal
from talelio_backend.shared.services.authentication import Caller

CALENDAR = '/v1/library/calendar'
MEDIA_TYPE = 'text/calendar; charset=utf-8'


class CalendarLinkResource(Resource):
    """The address is a secret: administrators see their own alone."""

    def __init__(self, calendars: CalendarService) -> None:
        self._calendars = calendars

    @endpoint(access=Level.MEMBER,
              summary='The address of my calendar of due dates',
              response=CalendarLinkView,
              sensitive=True,
              errors=(MemberNotFound, NotYours))
    def get(self, member: str, call: Call) -> Answer:
        return _link(call, self._calendars.token(_own(member, call.caller)))

    @endpoint(access=Level.MEMBER,
              summary='Give my calendar another address',
              response=CalendarLinkView,
              sensitive=True,
              errors=(MemberNotFound, NotYours))
    def post(self, member: str, call: Call) -> Answer:
        return _link(call, self._calendars.turn_over(_own(member, call.caller)))


class CalendarResource(Resource):

    def __init__(self, calendars: CalendarService) -> None:
        self._calendars = calendars

    @endpoint(access=Level.LOGGED_OUT,
              summary='When the books that a member has are due, for calendar programs',
              produces='text/calendar',
              errors=(CalendarNotFound, ))
    def get(self, token: str) -> Answer:
        calendar = self._calendars.calendar(token)
        return personal(Answer(body=calendar, media_type=MEDIA_TYPE, etag=etag(calendar.decode())))


def _own(member: str, caller: Caller) -> UUID:
    named = named_member(member, caller)
    if named != caller.member_id:
        raise NotYours()
    return named


def _link(call: Call, token: str) -> Answer:
    return Answer(body=CalendarLinkView(url=f'{call.public_url}{CALENDAR}/{token}'))
