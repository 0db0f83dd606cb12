# pylint: disable=unused-argument  # the kernel hands its call to every endpoint
import json
from uuid import UUID

from talelio_backend.app_navigation.domain.errors import BadTarget, LinkNotFound
from talelio_backend.app_navigation.presentation.schemas import (LinkPatchBody, LinksQuery,
                                                                 LinksView, LinkView, MenuView,
                                                                 NewLinkBody, OptionsView, options)
from talelio_backend.app_navigation.services.menus import MenuService
from talelio_backend.app_navigation.services.queries import NavigationQueries
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation.answers import Answer, document, no_content
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.conditional import etag, naming_the_present
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import list_answer
from talelio_backend.shared.presentation.personal import personal
from talelio_backend.shared.services.listing import BadQuery


def _level(call: Call) -> Level:
    # A stranger may do what a blocked account may; only the menus tell them apart.
    return Level.LOGGED_OUT if call.caller.account_id is None else call.caller.level


def _menu(links: str, call: Call) -> Answer:
    level = _level(call)
    named = json.dumps({'name': level.name.lower(), 'value': int(level)})
    body = f'{{"access_level":{named},"links":{links}}}'
    answer = Answer(body=body, etag=etag(body))
    return answer if call.caller.account_id is None else personal(answer)


class MyMenuResource(Resource):

    def __init__(self, queries: NavigationQueries) -> None:
        self._queries = queries

    @endpoint(access=Level.LOGGED_OUT, summary='The menu links for my level', response=MenuView)
    def get(self, call: Call) -> Answer:
        return _menu(self._queries.menu(_level(call)), call)


class StrangersMenuResource(Resource):

    def __init__(self, queries: NavigationQueries) -> None:
        self._queries = queries

    @endpoint(access=Level.LOGGED_OUT, summary='The menu links of a stranger', response=MenuView)
    def get(self, call: Call) -> Answer:
        return _menu(self._queries.menu(Level.LOGGED_OUT), call)


class OptionsResource(Resource):

    @endpoint(access=Level.ADMIN,
              summary='The positions and access levels of menu links',
              response=OptionsView)
    def get(self, call: Call) -> Answer:
        return Answer(body=options())


class LinksResource(Resource):

    def __init__(self, menus: MenuService, queries: NavigationQueries) -> None:
        self._menus = menus
        self._queries = queries

    @endpoint(access=Level.ADMIN,
              summary='All menu links',
              response=LinksView,
              errors=(BadQuery, ))
    def get(self, call: Call, query: LinksQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        return list_answer('links', self._queries.links(query.filter(), wanted), wanted)

    @endpoint(access=Level.ADMIN,
              summary='Add a menu link',
              status=201,
              response=LinkView,
              errors=(BadTarget, ))
    def post(self, call: Call, body: NewLinkBody) -> Answer:
        link_id = self._menus.create(details=body.details())
        return document(self._queries.link(link_id), location=f'/v1/navigation/links/{link_id}')


class LinkResource(Resource):

    def __init__(self, menus: MenuService, queries: NavigationQueries) -> None:
        self._menus = menus
        self._queries = queries

    @endpoint(access=Level.ADMIN,
              summary='Read a menu link',
              response=LinkView,
              errors=(LinkNotFound, ))
    def get(self, link_id: UUID, call: Call) -> Answer:
        return document(self._queries.link(link_id))

    @endpoint(access=Level.ADMIN,
              summary='Change a menu link',
              response=LinkView,
              if_match='accepted',
              errors=(LinkNotFound, BadTarget))
    def patch(self, link_id: UUID, call: Call, body: LinkPatchBody) -> Answer:
        with naming_the_present(lambda: self._queries.link(link_id)):
            self._menus.edit(link_id=link_id,
                             changes=body.details(),
                             expected_version=call.expected_version)
        return document(self._queries.link(link_id))

    @endpoint(access=Level.ADMIN,
              summary='Delete a menu link',
              status=204,
              if_match='accepted',
              errors=(LinkNotFound, ))
    def delete(self, link_id: UUID, call: Call) -> Answer:
        with naming_the_present(lambda: self._queries.link(link_id)):
            self._menus.delete(link_id=link_id, expected_version=call.expected_version)
        return no_content()
