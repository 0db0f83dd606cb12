from uuid import UUID

from talelio_backend.app_library.domain.errors import (AlreadyBorrowed, AlreadyOnHold,
                                                       BookInactive, BookNotFound, CopyAvailable,
                                                       HoldClosed, HoldLimit, HoldNotFound,
                                                       HoldNotSuspended, HoldNotWaiting,
                                                       HoldsNotAllowed, MemberBlocked)
from talelio_backend.app_library.presentation.hold_schemas import (HoldBody, HoldsQuery, HoldsView,
                                                                   HoldView, ResumeBody,
                                                                   SuspendBody)
from talelio_backend.app_library.services.hold_queries import HoldQueries
from talelio_backend.app_library.services.holding import HoldingService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import Invalid, NotYours
from talelio_backend.shared.presentation.answers import Answer, document, no_content
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import list_answer
from talelio_backend.shared.services.listing import BadQuery


class _HoldsOrOne(Resource):

    def __init__(self, holding: HoldingService, queries: HoldQueries) -> None:
        self._holding = holding
        self._queries = queries


class HoldsResource(_HoldsOrOne):

    @endpoint(access=Level.MEMBER,
              summary='My holds; those of everybody for administrators',
              response=HoldsView,
              errors=(BadQuery, NotYours, BookNotFound))
    def get(self, call: Call, query: HoldsQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        page = self._queries.holds(query.filter(call.caller), wanted)
        return list_answer('holds', page, wanted)

    @endpoint(access=Level.MEMBER,
              summary='Wait for a book of which no copy is free',
              status=201,
              response=HoldView,
              errors=(NotYours, Invalid, BookInactive, MemberBlocked, AlreadyBorrowed,
                      AlreadyOnHold, CopyAvailable, HoldsNotAllowed, HoldLimit))
    def post(self, call: Call, body: HoldBody) -> Answer:
        hold_id = self._holding.place(caller=call.caller,
                                      book_id=body.book_id,
                                      member_id=body.member_id)
        return document(self._queries.hold(hold_id), location=f'/v1/library/holds/{hold_id}')


class HoldResource(_HoldsOrOne):

    @endpoint(access=Level.MEMBER,
              summary='Read a hold, as its member or an administrator',
              response=HoldView,
              errors=(HoldNotFound, ))
    def get(self, hold_id: UUID, call: Call) -> Answer:
        mine = None if call.caller.is_admin else call.caller.member_id
        return document(self._queries.hold(hold_id, member_id=mine))

    @endpoint(access=Level.MEMBER,
              summary='Cancel a hold',
              status=204,
              errors=(HoldNotFound, HoldClosed))
    def delete(self, hold_id: UUID, call: Call) -> Answer:
        self._holding.cancel(hold_id=hold_id, caller=call.caller)
        return no_content()


class SuspendResource(_HoldsOrOne):

    @endpoint(access=Level.MEMBER,
              summary='Keep the place in the queue and be passed over for a while',
              response=HoldView,
              body_optional=True,
              errors=(HoldNotFound, Invalid, HoldNotWaiting))
    def post(self, hold_id: UUID, call: Call, body: SuspendBody) -> Answer:
        self._holding.suspend(hold_id=hold_id, caller=call.caller, until=body.until)
        return document(self._queries.hold(hold_id))


class ResumeResource(_HoldsOrOne):

    @endpoint(access=Level.MEMBER,
              summary='Wait again for a book',
              response=HoldView,
              body_optional=True,
              errors=(HoldNotFound, HoldNotSuspended))
    # The body is checked to say nothing.
    def post(self, hold_id: UUID, call: Call, body: ResumeBody) -> Answer:  # pylint: disable=unused-argument
        self._holding.resume(hold_id=hold_id, caller=call.caller)
        return document(self._queries.hold(hold_id))
