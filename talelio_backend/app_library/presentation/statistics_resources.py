from talelio_backend.app_library.presentation.statistics_schemas import (DashboardView,
                                                                         StatisticsView)
from talelio_backend.app_library.services.statistics import StatisticsQueries
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation.answers import Answer, document
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import endpoint


class _Statistics(Resource):

    def __init__(self, statistics: StatisticsQueries) -> None:
        self._statistics = statistics


class StatisticsResource(_Statistics):

    @endpoint(access=Level.LOGGED_OUT,
              summary='How many members, titles and loans there are',
              response=StatisticsView)
    def get(self) -> Answer:
        return document(self._statistics.public())


class DashboardResource(_Statistics):

    @endpoint(access=Level.ADMIN,
              summary='Loans, holds and debts at a glance, and the loans of each category',
              response=DashboardView)
    def get(self) -> Answer:
        return document(self._statistics.dashboard())
