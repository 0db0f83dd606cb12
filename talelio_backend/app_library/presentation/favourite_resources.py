from uuid import UUID

from talelio_backend.app_library.domain.errors import AlreadyFavourite, FavouriteNotFound
from talelio_backend.app_library.presentation.favourite_schemas import (FavouriteBody,
                                                                        FavouritesQuery,
                                                                        FavouritesView,
                                                                        FavouriteView)
from talelio_backend.app_library.presentation.hold_schemas import whose
from talelio_backend.app_library.services.favourite_queries import FavouriteQueries
from talelio_backend.app_library.services.favourites import FavouritesService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import Invalid, NotYours
from talelio_backend.shared.presentation.answers import Answer, document, no_content
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import list_answer
from talelio_backend.shared.services.listing import BadQuery


class FavouritesResource(Resource):

    def __init__(self, favourites: FavouritesService, queries: FavouriteQueries) -> None:
        self._favourites = favourites
        self._queries = queries

    @endpoint(access=Level.MEMBER,
              summary='My favourites; those of everybody for administrators',
              response=FavouritesView,
              errors=(BadQuery, NotYours))
    def get(self, call: Call, query: FavouritesQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        page = self._queries.favourites(whose(query.scope, call.caller), wanted)
        return list_answer('favourites', page, wanted)

    @endpoint(access=Level.MEMBER,
              summary='Mark a book as a favourite',
              status=201,
              response=FavouriteView,
              errors=(NotYours, Invalid, AlreadyFavourite))
    def post(self, call: Call, body: FavouriteBody) -> Answer:
        favourite_id = self._favourites.add(member_id=call.caller.member_id, book_id=body.book_id)
        return document(self._queries.favourite(favourite_id),
                        location=f'/v1/library/favourites/{favourite_id}')


class FavouriteResource(Resource):

    def __init__(self, favourites: FavouritesService) -> None:
        self._favourites = favourites

    @endpoint(access=Level.MEMBER,
              summary='Remove a favourite of mine',
              status=204,
              errors=(FavouriteNotFound, ))
    def delete(self, favourite_id: UUID, call: Call) -> Answer:
        self._favourites.remove(favourite_id=favourite_id, member_id=call.caller.member_id)
        return no_content()
