from collections.abc import Callable
from uuid import UUID

from talelio_backend.app_library.domain.errors import (AlreadyActive, AlreadyInactive,
                                                       BookNotFound, CopiesInUse, IsbnTaken,
                                                       ParentInactive)
from talelio_backend.app_library.presentation.book_schemas import BookPatchBody, NewBookBody
from talelio_backend.app_library.presentation.book_shape_schemas import BookView
from talelio_backend.app_library.presentation.shelving_schemas import NothingBody
from talelio_backend.app_library.services.book_queries import BookQueries
from talelio_backend.app_library.services.cataloguing import CataloguingService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation.answers import Answer, document
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.conditional import naming_the_present
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.personal import personal


class BooksResource(Resource):

    def __init__(self, cataloguing: CataloguingService, queries: BookQueries) -> None:
        self._cataloguing = cataloguing
        self._queries = queries

    @endpoint(access=Level.ADMIN,
              summary='Add a book to the catalogue, with its copies',
              status=201,
              response=BookView,
              errors=(IsbnTaken, ParentInactive))
    def post(self, call: Call, body: NewBookBody) -> Answer:
        book_id = self._cataloguing.create(body.new_book(), number_owned=body.number_owned)
        return document(self._queries.book(book_id, reader_id=call.caller.account_id),
                        location=f'/v1/library/books/{book_id}')


class _OneBook(Resource):

    def __init__(self, cataloguing: CataloguingService, queries: BookQueries) -> None:
        self._cataloguing = cataloguing
        self._queries = queries

    def _changed(self, book_id: UUID, call: Call, change: Callable[[], None]) -> Answer:
        reader_id = call.caller.account_id
        with naming_the_present(lambda: self._queries.book(book_id, reader_id=reader_id)):
            change()
        return document(self._queries.book(book_id, reader_id=reader_id))


class BookResource(_OneBook):

    @endpoint(access=Level.LOGGED_OUT,
              summary='Read a book, an inactive one too',
              response=BookView,
              errors=(BookNotFound, ))
    def get(self, book_id: UUID, call: Call) -> Answer:
        reader_id = call.caller.account_id
        answer = document(self._queries.book(book_id, reader_id=reader_id))
        return answer if reader_id is None else personal(answer)

    @endpoint(access=Level.ADMIN,
              summary='Change a book, and how many copies of it the library owns',
              response=BookView,
              if_match='required',
              errors=(BookNotFound, IsbnTaken, ParentInactive, CopiesInUse))
    def patch(self, book_id: UUID, call: Call, body: BookPatchBody) -> Answer:
        return self._changed(
            book_id, call, lambda: self._cataloguing.edit(book_id=book_id,
                                                          changes=body.book_changes(),
                                                          number_owned=body.wanted_number,
                                                          expected_version=call.expected_version))


class DeactivatedBookResource(_OneBook):

    @endpoint(access=Level.ADMIN,
              summary='Lend a book no more; its loans go on, its holds are cancelled',
              response=BookView,
              if_match='accepted',
              body_optional=True,
              errors=(BookNotFound, AlreadyInactive))
    def post(  # pylint: disable=unused-argument
            self, book_id: UUID, call: Call, body: NothingBody) -> Answer:
        return self._changed(
            book_id, call,
            lambda: self._cataloguing.deactivate(book_id=book_id,
                                                 expected_version=call.expected_version))


class RestoredBookResource(_OneBook):

    @endpoint(access=Level.ADMIN,
              summary='Lend a book again',
              response=BookView,
              if_match='accepted',
              body_optional=True,
              errors=(BookNotFound, AlreadyActive, ParentInactive))
    def post(  # pylint: disable=unused-argument
            self, book_id: UUID, call: Call, body: NothingBody) -> Answer:
        return self._changed(
            book_id, call,
            lambda: self._cataloguing.restore(book_id=book_id,
                                              expected_version=call.expected_version))
