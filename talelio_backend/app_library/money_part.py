from talelio_backend.app_library.area_settings import LibrarySettings
from talelio_backend.app_library.data.currency import currency_faults
from talelio_backend.app_library.data.ledger_queries import SqlLedgerQueries
from talelio_backend.app_library.data.member_queries import SqlMemberQueries
from talelio_backend.app_library.data.tariff_queries import SqlTariffQueries
from talelio_backend.app_library.data.unit_of_work import SqlLibraryUnitOfWork
from talelio_backend.app_library.domain import money_events as events
from talelio_backend.app_library.money_commands import statement_command
from talelio_backend.app_library.part import Part
from talelio_backend.app_library.presentation import member_resources as members
from talelio_backend.app_library.presentation import tariff_resources as tariffs
from talelio_backend.app_library.presentation.member_path import MEMBER
from talelio_backend.app_library.services.booking import BookingService
from talelio_backend.app_library.services.history import FORGET_HISTORY, HistoryService
from talelio_backend.app_library.services.members import MemberService
from talelio_backend.app_library.services.money_ports import MoneyUnitOfWork
from talelio_backend.app_library.services.overdue import BOOK_OVERDUE, OverdueService
from talelio_backend.app_library.services.quoting import QuotingService
from talelio_backend.app_library.services.tariffs import TariffService
from talelio_backend.shared.area import Kernel, Route
from talelio_backend.shared.services.jobs import Handler

EVENTS = (events.TariffCreated, events.TariffDeleted, events.MemberUpdated,
          events.HistoryForgotten, events.LedgerCharged, events.LedgerPaid, events.LedgerWaived,
          events.LedgerRefunded, events.LedgerVoided)


def plug(kernel: Kernel, settings: LibrarySettings) -> Part:

    def open_uow() -> MoneyUnitOfWork:
        return SqlLibraryUnitOfWork(kernel.transactions)

    clock, currency = kernel.clock, settings.currency
    ledger = SqlLedgerQueries(kernel.read,
                              cursors=kernel.cursors,
                              clock=clock,
                              currency=currency,
                              credit_limit=settings.library_credit_limit)
    people = SqlMemberQueries(kernel.read, cursors=kernel.cursors, clock=clock, currency=currency)
    history = HistoryService(open_uow=open_uow,
                             clock=clock,
                             usual_days=settings.library_history_days)
    overdue = OverdueService(open_uow=open_uow, clock=clock, currency=currency)
    return Part(
        events=EVENTS,
        routes=(
            *_tariff_routes(
                TariffService(open_uow=open_uow, clock=clock, currency=currency),
                SqlTariffQueries(
                    kernel.read, cursors=kernel.cursors, clock=clock, currency=currency)),
            *_ledger_routes(BookingService(open_uow=open_uow, clock=clock, currency=currency),
                            ledger),
            *_member_routes(MemberService(open_uow=open_uow, clock=clock), history, people),
        ),
        handlers=(
            Handler(name=BOOK_OVERDUE, run=overdue.book, cron='7 * * * *'),
            Handler(name=FORGET_HISTORY, run=history.forget_old, cron='23 4 * * *'),
        ),
        commands=(statement_command(ledger, people), ),
        faults=(lambda: currency_faults(kernel.read, currency), ))


def _tariff_routes(service: TariffService, queries: SqlTariffQueries) -> list[Route]:
    both = {'tariffs': service, 'queries': queries}
    return [
        Route(rule='/v1/library/tariffs', resource=tariffs.TariffsResource, arguments=both),
        Route(rule='/v1/library/tariffs/<tariff_id>',
              resource=tariffs.TariffResource,
              arguments=both),
        Route(rule='/v1/library/quote',
              resource=tariffs.QuoteResource,
              arguments={'quoting': QuotingService(queries=queries)}),
    ]


def _ledger_routes(service: BookingService, queries: SqlLedgerQueries) -> list[Route]:
    return [
        Route(rule=f'{MEMBER}/ledger',
              resource=members.LedgerResource,
              arguments={
                  'booking': service,
                  'queries': queries
              }),
        Route(rule=f'{MEMBER}/balance',
              resource=members.BalanceResource,
              arguments={'queries': queries}),
    ]


def _member_routes(service: MemberService, history: HistoryService,
                   queries: SqlMemberQueries) -> list[Route]:
    return [
        Route(rule='/v1/library/members',
              resource=members.MembersResource,
              arguments={'queries': queries}),
        Route(rule=MEMBER,
              resource=members.MemberResource,
              arguments={
                  'members': service,
                  'queries': queries
              }),
        Route(rule='/v1/library/members/me/history/forget',
              resource=members.ForgetHistoryResource,
              arguments={'history': history}),
    ]
