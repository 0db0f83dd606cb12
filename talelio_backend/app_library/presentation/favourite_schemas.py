from typing import Literal
from uuid import UUID

from talelio_backend.app_library.presentation.schemas import MemberNameView, SmallBookView
from talelio_backend.shared.presentation.lists import ListQuery, ListView
from talelio_backend.shared.presentation.schemas import Body, Time, View


class FavouriteBody(Body):
    book_id: UUID


class FavouritesQuery(ListQuery):
    scope: Literal['mine', 'all'] = 'mine'


class FavouriteView(View):
    id: UUID
    book: SmallBookView
    created_at: Time


class MarkedFavouriteView(FavouriteView):
    """Among those of everybody."""

    member: MemberNameView


class FavouritesView(ListView):
    favourites: list[MarkedFavouriteView | FavouriteView]
