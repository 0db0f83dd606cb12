from talelio_backend.app_library.area_settings import LibrarySettings
from talelio_backend.app_library.data.book_json import Covers
from talelio_backend.app_library.data.book_queries import SqlBookQueries
from talelio_backend.app_library.data.statistics_queries import SqlStatisticsQueries
from talelio_backend.app_library.part import Part
from talelio_backend.app_library.presentation.book_list_resources import BookListResource
from talelio_backend.app_library.presentation.statistics_resources import (DashboardResource,
                                                                           StatisticsResource)
from talelio_backend.shared.area import Kernel, Route


def plug(kernel: Kernel, settings: LibrarySettings) -> Part:
    covers = Covers(public_url=settings.public_url, s3_public_url=settings.s3_public_url)
    books = SqlBookQueries(kernel.read, covers=covers, cursors=kernel.cursors)
    statistics = {
        'statistics': SqlStatisticsQueries(kernel.read,
                                           clock=kernel.clock,
                                           currency=settings.currency)
    }
    return Part(routes=(
        Route(rule='/v1/library/books', resource=BookListResource, arguments={'books': books}),
        Route(rule='/v1/library/statistics', resource=StatisticsResource, arguments=statistics),
        Route(rule='/v1/library/statistics/dashboard',
              resource=DashboardResource,
              arguments=statistics),
    ))
