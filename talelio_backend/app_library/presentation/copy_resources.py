from uuid import UUID

from talelio_backend.app_library.domain.copy import Condition
from talelio_backend.app_library.domain.errors import (BarcodeTaken, BookNotFound, CopyInUse,
                                                       CopyNotFound)
from talelio_backend.app_library.presentation.book_schemas import (CopiesQuery, CopiesView,
                                                                   CopyPatchBody, CopyView,
                                                                   NewCopyBody)
from talelio_backend.app_library.services.copies import CopyService
from talelio_backend.app_library.services.copy_queries import CopyQueries
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation.answers import Answer, document
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import ListQuery, list_answer
from talelio_backend.shared.services.listing import BadQuery


class CopiesResource(Resource):

    def __init__(self, queries: CopyQueries) -> None:
        self._queries = queries

    @endpoint(access=Level.ADMIN,
              summary='The copies of all books, or the one of a barcode',
              response=CopiesView,
              errors=(BadQuery, ))
    def get(self, call: Call, query: CopiesQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        return list_answer('copies', self._queries.all(wanted, barcode=query.barcode), wanted)


class BookCopiesResource(Resource):

    def __init__(self, copies: CopyService, queries: CopyQueries) -> None:
        self._copies = copies
        self._queries = queries

    @endpoint(access=Level.ADMIN,
              summary='The copies of a book, withdrawn ones too',
              response=CopiesView,
              errors=(BookNotFound, BadQuery))
    def get(self, book_id: UUID, call: Call, query: ListQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        return list_answer('copies', self._queries.of_book(book_id, wanted), wanted)

    @endpoint(access=Level.ADMIN,
              summary='Add a copy to a book',
              status=201,
              response=CopyView,
              body_optional=True,
              errors=(BookNotFound, BarcodeTaken))
    def post(self, book_id: UUID, body: NewCopyBody) -> Answer:
        copy_id = self._copies.add(book_id=book_id,
                                   barcode=body.barcode,
                                   condition=Condition(body.condition),
                                   note=body.note)
        return document(self._queries.copy(copy_id), location=f'/v1/library/copies/{copy_id}')


class CopyResource(Resource):

    def __init__(self, copies: CopyService, queries: CopyQueries) -> None:
        self._copies = copies
        self._queries = queries

    @endpoint(access=Level.ADMIN,
              summary='Read a copy',
              response=CopyView,
              errors=(CopyNotFound, ))
    def get(self, copy_id: UUID) -> Answer:
        return document(self._queries.copy(copy_id))

    @endpoint(access=Level.ADMIN,
              summary='Change a copy: its barcode, its condition, where it is',
              response=CopyView,
              errors=(CopyNotFound, CopyInUse, BarcodeTaken))
    def patch(self, copy_id: UUID, body: CopyPatchBody) -> Answer:
        self._copies.change(copy_id=copy_id, changes=body.copy_changes())
        return document(self._queries.copy(copy_id))
