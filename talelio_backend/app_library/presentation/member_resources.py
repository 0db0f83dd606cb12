from talelio_backend.app_library.domain.money_errors import (AlreadyVoided, BalanceDue,
                                                             CardNumberTaken, MemberNotFound,
                                                             NotVoidable, RefundExceedsCredit,
                                                             TariffNotFound, WaiverExceedsDebt)
from talelio_backend.app_library.presentation import money_schemas as schemas
from talelio_backend.app_library.presentation.member_path import may_name, named_member
from talelio_backend.app_library.services.booking import BookingService
from talelio_backend.app_library.services.history import HistoryService
from talelio_backend.app_library.services.members import MemberService
from talelio_backend.app_library.services.money_queries import LedgerQueries, MemberQueries
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation.answers import Answer, document
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.idempotency import REPLAYED
from talelio_backend.shared.presentation.lists import list_answer
from talelio_backend.shared.services.listing import BadQuery


class MembersResource(Resource):

    def __init__(self, queries: MemberQueries) -> None:
        self._queries = queries

    @endpoint(access=Level.ADMIN,
              summary='Everybody who uses the library, with what they owe',
              response=schemas.MembersView,
              errors=(BadQuery, ))
    def get(self, call: Call, query: schemas.MembersQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        return list_answer('members', self._queries.members(query.filter(), wanted), wanted)


class MemberResource(Resource):

    def __init__(self, members: MemberService, queries: MemberQueries) -> None:
        self._members = members
        self._queries = queries

    @endpoint(access=Level.MEMBER,
              summary='Read what the library keeps of a member',
              response=schemas.MemberView,
              guard=may_name,
              errors=(MemberNotFound, ))
    def get(self, member: str, call: Call) -> Answer:
        return document(self._queries.member(named_member(member, call.caller)))

    @endpoint(access=Level.MEMBER,
              summary='Change what the library keeps of a member',
              response=schemas.MemberView,
              guard=may_name,
              errors=(MemberNotFound, CardNumberTaken))
    def patch(self, member: str, call: Call, body: schemas.MemberPatch) -> Answer:
        member_id = named_member(member, call.caller)
        self._members.change(member_id=member_id, caller=call.caller, changes=body.read())
        return document(self._queries.member(member_id))


class BalanceResource(Resource):

    def __init__(self, queries: LedgerQueries) -> None:
        self._queries = queries

    @endpoint(access=Level.MEMBER,
              summary='What a member owes, booked or not; by another tariff if asked',
              response=schemas.BalanceView,
              guard=may_name,
              errors=(BadQuery, MemberNotFound, TariffNotFound))
    def get(self, member: str, call: Call, query: schemas.BalanceQuery) -> Answer:
        return document(
            self._queries.balance(named_member(member, call.caller),
                                  as_of=query.as_of,
                                  tariff_id=query.tariff))


class LedgerResource(Resource):

    def __init__(self, booking: BookingService, queries: LedgerQueries) -> None:
        self._booking = booking
        self._queries = queries

    @endpoint(access=Level.MEMBER,
              summary='The entries of a member’s ledger',
              response=schemas.EntriesView,
              guard=may_name,
              errors=(BadQuery, MemberNotFound))
    def get(self, member: str, call: Call, query: schemas.EntriesQuery) -> Answer:
        member_id = named_member(member, call.caller)
        wanted = query.page_request(call.caller.level)
        return list_answer('entries', self._queries.entries(member_id, query.filter(), wanted),
                           wanted)

    @endpoint(access=Level.ADMIN,
              summary='Book a charge, a payment, a waiver, a refund, or the void of one of them',
              status=201,
              response=schemas.EntryView,
              guard=may_name,
              key_required=True,
              errors=(MemberNotFound, WaiverExceedsDebt, RefundExceedsCredit, NotVoidable,
                      AlreadyVoided))
    def post(self, member: str, call: Call, body: schemas.EntryBody) -> Answer:
        assert call.request_key is not None
        member_id = named_member(member, call.caller)
        booked = self._booking.book(member_id=member_id,
                                    actor_id=call.caller.member_id,
                                    order=body.order(),
                                    key=call.request_key)
        made = self._queries.entry(booked.entry_id)
        return Answer(body=made.body,
                      location=f'/v1/library/members/{member_id}/ledger',
                      headers={REPLAYED: 'true'} if booked.repeated else {})


class ForgetHistoryResource(Resource):

    def __init__(self, history: HistoryService) -> None:
        self._history = history

    @endpoint(access=Level.MEMBER,
              summary='Have the library forget which books I returned',
              response=schemas.ForgottenView,
              errors=(BalanceDue, ))
    def post(self, call: Call) -> Answer:
        return Answer(body=schemas.ForgottenView(anonymised=self._history.forget(
            member_id=call.caller.member_id)))
