from talelio_backend.app_library.domain.errors import (AuthorNotFound, CategoryNotFound,
                                                       ItemTypeNotFound)
from talelio_backend.app_library.presentation.book_list_schemas import BooksQuery, BooksView
from talelio_backend.app_library.services.book_queries import BookQueries
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import NotYours
from talelio_backend.shared.presentation.answers import Answer
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import list_answer
from talelio_backend.shared.presentation.personal import personal
from talelio_backend.shared.services.listing import BadQuery


class BookListResource(Resource):

    def __init__(self, books: BookQueries) -> None:
        self._books = books

    @endpoint(access=Level.LOGGED_OUT,
              summary='The books of the library; inactive ones for administrators',
              response=BooksView,
              errors=(BadQuery, NotYours, CategoryNotFound, AuthorNotFound, ItemTypeNotFound))
    def get(self, call: Call, query: BooksQuery) -> Answer:
        caller = call.caller
        if query.status != 'active' and not caller.is_admin:
            raise NotYours()
        request = query.page_request(caller.level)
        page = self._books.page(query.filter(), request, reader_id=caller.account_id)
        answer = list_answer('books', page, request)
        # A caller's own marks are on them.
        return answer if caller.account_id is None else personal(answer)
