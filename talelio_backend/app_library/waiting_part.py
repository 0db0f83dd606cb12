from talelio_backend.app_library.area_settings import LibrarySettings
from talelio_backend.app_library.data.book_json import Covers
from talelio_backend.app_library.data.favourite_queries import SqlFavouriteQueries
from talelio_backend.app_library.data.hold_queries import SqlHoldQueries
from talelio_backend.app_library.data.unit_of_work import SqlLibraryUnitOfWork
from talelio_backend.app_library.domain.circulation_events import (FavouriteAdded,
                                                                   FavouriteRemoved,
                                                                   HoldBecameReady, HoldCancelled,
                                                                   HoldExpired, HoldPlaced,
                                                                   HoldResumed, HoldSuspended)
from talelio_backend.app_library.part import Part
from talelio_backend.app_library.presentation import favourite_resources as favourites
from talelio_backend.app_library.presentation import hold_resources as holds
from talelio_backend.app_library.services.advancing import (ADVANCE_HOLDS, CANCEL_HOLDS,
                                                            AdvancingService)
from talelio_backend.app_library.services.favourites import FavouritesService
from talelio_backend.app_library.services.holding import HoldingService
from talelio_backend.app_library.services.waiting_ports import WaitingUnitOfWork
from talelio_backend.shared.area import Kernel, Route
from talelio_backend.shared.services.jobs import Handler

EVENTS = (HoldPlaced, HoldSuspended, HoldResumed, HoldBecameReady, HoldExpired, HoldCancelled,
          FavouriteAdded, FavouriteRemoved)


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
        ),
        handlers=(
            Handler(name=ADVANCE_HOLDS, run=advancing.advance, cron='* * * * *'),
            Handler(name=CANCEL_HOLDS, run=advancing.cancel_of, attempts=12),
        ))


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
