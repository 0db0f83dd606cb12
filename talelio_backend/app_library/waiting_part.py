from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from talelio_backend.app_library.area_settings import LibrarySettings
from talelio_backend.app_library.data.book_json import Covers
from talelio_backend.app_library.data.calendar_queries import SqlCalendarQueries
from talelio_backend.app_library.data.calendar_tokens import DerivedCalendarTokens
from talelio_backend.app_library.data.favourite_queries import SqlFavouriteQueries
from talelio_backend.app_library.data.hold_queries import SqlHoldQueries
from talelio_backend.app_library.data.ical_writer import IcalWriter
from talelio_backend.app_library.data.notice_facts import SqlNoticeFacts
from talelio_backend.app_library.data.unit_of_work import SqlLibraryUnitOfWork
from talelio_backend.app_library.domain.circulation_events import (FavouriteAdded,
                                                                   FavouriteRemoved,
                                                                   HoldBecameReady, HoldCancelled,
                                                                   HoldExpired, HoldPlaced,
                                                                   HoldResumed, HoldSuspended)
from talelio_backend.app_library.part import Part
from talelio_backend.app_library.presentation import calendar_resources as calendars
from talelio_backend.app_library.presentation import favourite_resources as favourites
from talelio_backend.app_library.presentation import hold_resources as holds
from talelio_backend.app_library.presentation.member_path import MEMBER
from talelio_backend.app_library.services.advancing import (ADVANCE_HOLDS, CANCEL_HOLDS,
                                                            AdvancingService)
from talelio_backend.app_library.services.calendar import CalendarService
from talelio_backend.app_library.services.favourites import FavouritesService
from talelio_backend.app_library.services.holding import HoldingService
from talelio_backend.app_library.services.notices import (NOTICES, SEND_NOTICE, FindingService,
                                                          NoticeService)
from talelio_backend.app_library.services.waiting_ports import WaitingUnitOfWork
from talelio_backend.app_library.services.waiting_reactions import REACTIONS
from talelio_backend.shared.area import Kernel, Route
from talelio_backend.shared.data.letters import TemplateLetters
from talelio_backend.shared.services.jobs import Handler
from talelio_backend.shared.services.mailer import LONGEST_MAIL_PAUSE, MAIL_ATTEMPTS, MAIL_PAUSE

EVENTS = (HoldPlaced, HoldSuspended, HoldResumed, HoldBecameReady, HoldExpired, HoldCancelled,
          FavouriteAdded, FavouriteRemoved)

_LETTERS = Path(__file__).parent / 'data' / 'mail'


def plug(kernel: Kernel, settings: LibrarySettings) -> Part:

    def open_uow() -> WaitingUnitOfWork:
        return SqlLibraryUnitOfWork(kernel.transactions)

    covers = Covers(public_url=settings.public_url, s3_public_url=settings.s3_public_url)
    advancing = AdvancingService(open_uow=open_uow, clock=kernel.clock)
    return Part(
        events=EVENTS,
        routes=(
            *_hold_routes(
                HoldingService(open_uow=open_uow, clock=kernel.clock),
                SqlHoldQueries(
                    kernel.read, covers=covers, cursors=kernel.cursors, clock=kernel.clock)),
            *_favourite_routes(
                FavouritesService(open_uow=open_uow, clock=kernel.clock),
                SqlFavouriteQueries(kernel.read, covers=covers, cursors=kernel.cursors)),
            *_calendar_routes(
                CalendarService(open_uow=open_uow,
                                queries=SqlCalendarQueries(kernel.read),
                                tokens=DerivedCalendarTokens(settings.secret_key),
                                writer=IcalWriter(settings.client_url),
                                clock=kernel.clock)),
        ),
        handlers=(
            Handler(name=ADVANCE_HOLDS, run=advancing.advance, cron='* * * * *'),
            Handler(name=CANCEL_HOLDS, run=advancing.cancel_of, attempts=12),
            *_notice_handlers(kernel, settings, open_uow),
        ),
        reactions=REACTIONS)


def _notice_handlers(kernel: Kernel, settings: LibrarySettings,
                     open_uow: Callable[[], WaitingUnitOfWork]) -> list[Handler]:
    finding = FindingService(open_uow=open_uow,
                             clock=kernel.clock,
                             due_soon_days=settings.library_due_soon_days,
                             overdue_days=settings.library_overdue_notice_days)
    sending = NoticeService(open_uow=open_uow,
                            facts=SqlNoticeFacts(kernel.read, kernel.clock),
                            mailer=kernel.mailer,
                            letters=TemplateLetters(_LETTERS,
                                                    default_language=settings.default_language),
                            clock=kernel.clock,
                            client_url=settings.client_url,
                            mail_domain=urlsplit(settings.public_url).hostname or 'localhost')
    return [
        Handler(name=NOTICES, run=finding.find, cron='*/10 * * * *'),
        Handler(name=SEND_NOTICE,
                run=sending.send,
                attempts=MAIL_ATTEMPTS,
                pause=MAIL_PAUSE,
                longest_pause=LONGEST_MAIL_PAUSE,
                notifies=True),
    ]


def _calendar_routes(service: CalendarService) -> list[Route]:
    given = {'calendars': service}
    return [
        Route(rule=f'{MEMBER}/calendar-link',
              resource=calendars.CalendarLinkResource,
              arguments=given),
        Route(rule=f'{calendars.CALENDAR}/<token>',
              resource=calendars.CalendarResource,
              arguments=given),
    ]


def _hold_routes(service: HoldingService, queries: SqlHoldQueries) -> list[Route]:
    both = {'holding': service, 'queries': queries}
    one = '/v1/library/holds/<uuid:hold_id>'
    return [
        Route(rule='/v1/library/holds', resource=holds.HoldsResource, arguments=both),
        Route(rule=one, resource=holds.HoldResource, arguments=both),
        Route(rule=f'{one}/suspend', resource=holds.SuspendResource, arguments=both),
        Route(rule=f'{one}/resume', resource=holds.ResumeResource, arguments=both),
    ]


def _favourite_routes(service: FavouritesService, queries: SqlFavouriteQueries) -> list[Route]:
    both = {'favourites': service, 'queries': queries}
    return [
        Route(rule='/v1/library/favourites',
              resource=favourites.FavouritesResource,
              arguments=both),
        Route(rule='/v1/library/favourites/<uuid:favourite_id>',
              resource=favourites.FavouriteResource,
              arguments={'favourites': service}),
    ]
