from uuid import UUID

from talelio_backend.app_activity.domain.catalogue import catalogue
from talelio_backend.app_activity.domain.errors import ActivityNotFound
from talelio_backend.app_activity.presentation.schemas import (ActionsView, ActionView,
                                                               ActivitiesView, ActivityQuery,
                                                               ActivityView, ChainView,
                                                               MyActivityQuery, NewestView)
from talelio_backend.app_activity.services.queries import ActivityQueries
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation.answers import Answer, document
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import list_answer
from talelio_backend.shared.services.listing import BadQuery


class ActivitiesResource(Resource):

    def __init__(self, queries: ActivityQueries) -> None:
        self._queries = queries

    @endpoint(access=Level.ADMIN,
              summary='Who did what, when, to which thing',
              response=ActivitiesView,
              errors=(BadQuery, ))
    def get(self, call: Call, query: ActivityQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        return list_answer('activity', self._queries.page(query.chosen(), wanted), wanted)


class MyActivityResource(Resource):

    def __init__(self, queries: ActivityQueries) -> None:
        self._queries = queries

    @endpoint(access=Level.MEMBER,
              summary='What I did, or was done in my name',
              response=ActivitiesView,
              errors=(BadQuery, ))
    def get(self, call: Call, query: MyActivityQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        mine = query.filter(call.caller.member_id)
        return list_answer('activity', self._queries.page(mine, wanted), wanted)


class NewestResource(Resource):

    def __init__(self, queries: ActivityQueries) -> None:
        self._queries = queries

    @endpoint(access=Level.ADMIN, summary='The ten newest rows', response=NewestView)
    def get(self) -> Answer:
        return document(self._queries.newest())


class ActionsResource(Resource):

    @endpoint(access=Level.ADMIN, summary='Everything that is recorded', response=ActionsView)
    def get(self) -> Answer:
        return Answer(body=ActionsView(actions=[
            ActionView(area=one.area, action=one.action, text=one.text) for one in catalogue()
        ]))


class ActivityResource(Resource):

    def __init__(self, queries: ActivityQueries) -> None:
        self._queries = queries

    @endpoint(access=Level.ADMIN,
              summary='Read one row',
              response=ActivityView,
              errors=(ActivityNotFound, ))
    def get(self, activity_id: UUID) -> Answer:
        return document(self._queries.row(activity_id))


class ChainResource(Resource):

    def __init__(self, queries: ActivityQueries) -> None:
        self._queries = queries

    @endpoint(access=Level.ADMIN,
              summary='How long the chain is, and whether it held when it was last verified',
              response=ChainView)
    def get(self) -> Answer:
        return document(self._queries.chain())
