from uuid import UUID

from talelio_backend.app_library.domain import errors
from talelio_backend.app_library.domain.money_errors import MemberNotFound
from talelio_backend.app_library.presentation import loan_schemas as schemas
from talelio_backend.app_library.services.hold_queries import HoldQueries
from talelio_backend.app_library.services.lending import LendingService
from talelio_backend.app_library.services.loan_queries import LoanQueries
from talelio_backend.app_library.services.returning import ReturningService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import Invalid, NotYours
from talelio_backend.shared.presentation.answers import Answer, document
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.conditional import naming_the_present
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import list_answer
from talelio_backend.shared.services.listing import BadQuery, Document


class LoansResource(Resource):

    def __init__(self, lending: LendingService, queries: LoanQueries) -> None:
        self._lending = lending
        self._queries = queries

    @endpoint(access=Level.MEMBER,
              summary='My loans; those of everybody for administrators',
              response=schemas.LoansView,
              errors=(BadQuery, NotYours, errors.BookNotFound, MemberNotFound))
    def get(self, call: Call, query: schemas.LoansQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        return list_answer('loans', self._queries.loans(query.filter(call.caller), wanted), wanted)

    @endpoint(access=Level.MEMBER,
              summary='Borrow a book; administrators lend it',
              status=201,
              response=schemas.LoanView,
              errors=(NotYours, Invalid, errors.BookInactive, errors.MemberBlocked,
                      errors.AlreadyBorrowed, errors.LoanLimit, errors.CreditLimitReached,
                      errors.NoCopyAvailable))
    def post(self, call: Call, body: schemas.LoanBody) -> Answer:
        loan_id = self._lending.borrow(caller=call.caller, wanted=body.wanted(call.caller))
        return document(self._queries.loan(loan_id), location=f'/v1/library/loans/{loan_id}')


class LoanResource(Resource):

    def __init__(self, queries: LoanQueries) -> None:
        self._queries = queries

    @endpoint(access=Level.MEMBER,
              summary='Read a loan, as its member or an administrator',
              response=schemas.LoanView,
              errors=(errors.LoanNotFound, ))
    def get(self, loan_id: UUID, call: Call) -> Answer:
        mine = None if call.caller.is_admin else call.caller.member_id
        return document(self._queries.loan(loan_id, member_id=mine))


class _Changing(Resource):

    def __init__(self, returning: ReturningService, queries: LoanQueries) -> None:
        self._returning = returning
        self._queries = queries


class ReturnResource(_Changing):

    @endpoint(access=Level.MEMBER,
              summary='Return a loan',
              response=schemas.LoanView,
              if_match='accepted',
              body_optional=True,
              errors=(NotYours, errors.LoanNotFound, Invalid, errors.AlreadyReturned))
    def post(self, loan_id: UUID, call: Call, body: schemas.ReturnBody) -> Answer:
        with naming_the_present(lambda: self._queries.loan(loan_id)):
            self._returning.give_back(loan_id=loan_id,
                                      caller=call.caller,
                                      handed=body.handed(call.caller),
                                      expected_version=call.expected_version)
        return document(self._queries.loan(loan_id))


class ExtendResource(_Changing):

    @endpoint(access=Level.MEMBER,
              summary='Keep a loan longer',
              response=schemas.LoanView,
              if_match='accepted',
              body_optional=True,
              errors=(errors.LoanNotFound, errors.AlreadyReturned, errors.ExtensionLimit,
                      errors.HoldWaiting, errors.ExtensionTooLate))
    # The body is checked to say nothing.
    def post(self, loan_id: UUID, call: Call, body: schemas.ExtendBody) -> Answer:  # pylint: disable=unused-argument
        with naming_the_present(lambda: self._queries.loan(loan_id)):
            self._returning.extend(loan_id=loan_id,
                                   caller=call.caller,
                                   expected_version=call.expected_version)
        return document(self._queries.loan(loan_id))


class LostResource(_Changing):

    @endpoint(access=Level.ADMIN,
              summary='Close a loan whose copy is lost',
              response=schemas.LoanView,
              if_match='accepted',
              body_optional=True,
              errors=(errors.LoanNotFound, errors.AlreadyReturned))
    def post(self, loan_id: UUID, call: Call, body: schemas.LostBody) -> Answer:
        with naming_the_present(lambda: self._queries.loan(loan_id)):
            self._returning.lose(loan_id=loan_id,
                                 caller=call.caller,
                                 charge=body.charge,
                                 expected_version=call.expected_version)
        return document(self._queries.loan(loan_id))


class DeskReturnsResource(Resource):

    def __init__(self, returning: ReturningService, loans: LoanQueries,
                 holds: HoldQueries) -> None:
        self._returning = returning
        self._loans = loans
        self._holds = holds

    @endpoint(access=Level.ADMIN,
              summary='Take a copy back by its barcode',
              response=schemas.DeskReturnView,
              errors=(errors.CopyNotFound, errors.NotOnLoan))
    def post(self, call: Call, body: schemas.DeskReturnBody) -> Answer:
        done = self._returning.give_back_copy(barcode=body.barcode, caller=call.caller)
        loan = self._loans.loan(done.loan_id).body
        hold = 'null' if done.hold_id is None else self._holds.hold(done.hold_id).body
        whole = f'{{"loan":{loan},"hold":{hold}}}'
        return document(Document(body=whole, validator=whole))
