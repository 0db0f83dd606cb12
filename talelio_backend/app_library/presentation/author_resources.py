from uuid import UUID

from talelio_backend.app_library.domain.errors import (AlreadyActive, AlreadyInactive,
                                                       AuthorNotFound)
from talelio_backend.app_library.presentation import shelving_schemas as schemas
from talelio_backend.app_library.services.shelving import AuthorService
from talelio_backend.app_library.services.shelving_queries import ShelvingQueries
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import NotYours
from talelio_backend.shared.presentation.answers import Answer, document
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import list_answer
from talelio_backend.shared.services.listing import BadQuery


class _Authors(Resource):

    def __init__(self, authors: AuthorService, queries: ShelvingQueries) -> None:
        self._authors = authors
        self._queries = queries

    def _shown(self, author_id: UUID, *, location: str | None = None) -> Answer:
        return document(self._queries.author(author_id, counted=True), location=location)


class AuthorsResource(_Authors):

    @endpoint(access=Level.LOGGED_OUT,
              summary='Who had a part in the books; inactive ones and loans for administrators',
              response=schemas.AuthorsView,
              errors=(BadQuery, NotYours))
    def get(self, call: Call, query: schemas.ParentsQuery) -> Answer:
        if query.is_for_administrators and not call.caller.is_admin:
            raise NotYours()
        wanted = query.page_request(call.caller.level)
        return list_answer('authors', self._queries.authors(query.filter(), wanted), wanted)

    @endpoint(access=Level.ADMIN,
              summary='Add an author',
              status=201,
              response=schemas.CountedAuthorView)
    def post(self, body: schemas.NewAuthorBody) -> Answer:
        author_id = self._authors.create(given_name=body.given_name, family_name=body.family_name)
        return self._shown(author_id, location=f'/v1/library/authors/{author_id}')


class AuthorResource(_Authors):

    @endpoint(access=Level.LOGGED_OUT,
              summary='Read an author',
              response=schemas.AuthorView,
              errors=(AuthorNotFound, ))
    def get(self, author_id: UUID, call: Call) -> Answer:
        return document(self._queries.author(author_id, counted=call.caller.is_admin))

    @endpoint(access=Level.ADMIN,
              summary='Change the name of an author',
              response=schemas.CountedAuthorView,
              errors=(AuthorNotFound, ))
    def patch(self, author_id: UUID, body: schemas.AuthorPatchBody) -> Answer:
        self._authors.rename(author_id=author_id, changes=body.changes())
        return self._shown(author_id)


class DeactivatedAuthorResource(_Authors):

    @endpoint(access=Level.ADMIN,
              summary='Deactivate an author, with each of the active books',
              response=schemas.CountedAuthorView,
              body_optional=True,
              errors=(AuthorNotFound, AlreadyInactive))
    def post(  # pylint: disable=unused-argument
            self, author_id: UUID, body: schemas.NothingBody) -> Answer:
        self._authors.deactivate(author_id=author_id)
        return self._shown(author_id)


class RestoredAuthorResource(_Authors):

    @endpoint(access=Level.ADMIN,
              summary='Restore an author; the books stay as they are',
              response=schemas.CountedAuthorView,
              body_optional=True,
              errors=(AuthorNotFound, AlreadyActive))
    def post(  # pylint: disable=unused-argument
            self, author_id: UUID, body: schemas.NothingBody) -> Answer:
        self._authors.restore(author_id=author_id)
        return self._shown(author_id)
