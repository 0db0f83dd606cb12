from talelio_backend.app_library.area_settings import LibrarySettings
from talelio_backend.app_library.data.book_json import Covers
from talelio_backend.app_library.data.hold_queries import SqlHoldQueries
from talelio_backend.app_library.data.loan_queries import SqlLoanQueries
from talelio_backend.app_library.data.policy_queries import SqlPolicyQueries
from talelio_backend.app_library.data.unit_of_work import SqlLibraryUnitOfWork
from talelio_backend.app_library.domain.circulation_events import (BookBorrowed, LoanExtended,
                                                                   LoanLost, LoanReturned,
                                                                   PolicyCreated, PolicyDeleted,
                                                                   PolicyUpdated)
from talelio_backend.app_library.part import Part
from talelio_backend.app_library.presentation import loan_resources as loans
from talelio_backend.app_library.presentation import policy_resources as policies
from talelio_backend.app_library.services.lending import LendingService
from talelio_backend.app_library.services.policies import PolicyService, PolicyUnitOfWork
from talelio_backend.app_library.services.returning import ReturningService
from talelio_backend.shared.area import Kernel, Route

EVENTS = (BookBorrowed, LoanReturned, LoanExtended, LoanLost, PolicyCreated, PolicyUpdated,
          PolicyDeleted)


def plug(kernel: Kernel, settings: LibrarySettings) -> Part:

    def open_uow() -> PolicyUnitOfWork:
        return SqlLibraryUnitOfWork(kernel.transactions)

    covers = Covers(public_url=settings.public_url, s3_public_url=settings.s3_public_url)
    queries = SqlLoanQueries(kernel.read,
                             covers=covers,
                             currency=settings.currency,
                             cursors=kernel.cursors,
                             clock=kernel.clock)
    holds = SqlHoldQueries(kernel.read, covers=covers, cursors=kernel.cursors, clock=kernel.clock)
    lending = LendingService(open_uow=open_uow,
                             clock=kernel.clock,
                             credit_limit=settings.library_credit_limit)
    returning = ReturningService(open_uow=open_uow, clock=kernel.clock, currency=settings.currency)
    return Part(events=EVENTS,
                routes=(*_loan_routes(lending, returning, queries, holds),
                        *_policy_routes(PolicyService(open_uow=open_uow, clock=kernel.clock),
                                        SqlPolicyQueries(kernel.read, cursors=kernel.cursors))))


def _loan_routes(lending: LendingService, returning: ReturningService, queries: SqlLoanQueries,
                 holds: SqlHoldQueries) -> list[Route]:
    one = '/v1/library/loans/<uuid:loan_id>'
    changing = {'returning': returning, 'queries': queries}
    return [
        Route(rule='/v1/library/loans',
              resource=loans.LoansResource,
              arguments={
                  'lending': lending,
                  'queries': queries
              }),
        Route(rule=one, resource=loans.LoanResource, arguments={'queries': queries}),
        Route(rule=f'{one}/return', resource=loans.ReturnResource, arguments=changing),
        Route(rule=f'{one}/extend', resource=loans.ExtendResource, arguments=changing),
        Route(rule=f'{one}/lost', resource=loans.LostResource, arguments=changing),
        Route(rule='/v1/library/returns',
              resource=loans.DeskReturnsResource,
              arguments={
                  'returning': returning,
                  'loans': queries,
                  'holds': holds
              }),
    ]


def _policy_routes(service: PolicyService, queries: SqlPolicyQueries) -> list[Route]:
    both = {'policies': service, 'queries': queries}
    return [
        Route(rule='/v1/library/policies', resource=policies.PoliciesResource, arguments=both),
        Route(rule='/v1/library/policies/resolve',
              resource=policies.ResolveResource,
              arguments=both),
        Route(rule='/v1/library/policies/<uuid:policy_id>',
              resource=policies.PolicyResource,
              arguments=both),
    ]
