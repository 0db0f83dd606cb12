from uuid import UUID

from talelio_backend.app_library.domain.errors import (AlreadyActive, AlreadyInactive,
                                                       CategoryNameTaken, CategoryNotFound)
from talelio_backend.app_library.presentation import shelving_schemas as schemas
from talelio_backend.app_library.services.shelving import CategoryService
from talelio_backend.app_library.services.shelving_queries import ShelvingQueries
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import NotYours
from talelio_backend.shared.presentation.answers import Answer, document
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import list_answer
from talelio_backend.shared.services.listing import BadQuery


class _Categories(Resource):

    def __init__(self, categories: CategoryService, queries: ShelvingQueries) -> None:
        self._categories = categories
        self._queries = queries

    def _shown(self, category_id: UUID, *, location: str | None = None) -> Answer:
        return document(self._queries.category(category_id, counted=True), location=location)


class CategoriesResource(_Categories):

    @endpoint(access=Level.LOGGED_OUT,
              summary='The categories; inactive ones and loans for administrators',
              response=schemas.CategoriesView,
              errors=(BadQuery, NotYours))
    def get(self, call: Call, query: schemas.ParentsQuery) -> Answer:
        if query.is_for_administrators and not call.caller.is_admin:
            raise NotYours()
        wanted = query.page_request(call.caller.level)
        return list_answer('categories', self._queries.categories(query.filter(), wanted), wanted)

    @endpoint(access=Level.ADMIN,
              summary='Add a category',
              status=201,
              response=schemas.CountedCategoryView,
              errors=(CategoryNameTaken, ))
    def post(self, body: schemas.NewCategoryBody) -> Answer:
        category_id = self._categories.create(name=body.name)
        return self._shown(category_id, location=f'/v1/library/categories/{category_id}')


class CategoryResource(_Categories):

    @endpoint(access=Level.LOGGED_OUT,
              summary='Read a category',
              response=schemas.CategoryView,
              errors=(CategoryNotFound, ))
    def get(self, category_id: UUID, call: Call) -> Answer:
        return document(self._queries.category(category_id, counted=call.caller.is_admin))

    @endpoint(access=Level.ADMIN,
              summary='Rename a category',
              response=schemas.CountedCategoryView,
              errors=(CategoryNotFound, CategoryNameTaken))
    def patch(self, category_id: UUID, body: schemas.CategoryPatchBody) -> Answer:
        self._categories.rename(category_id=category_id, name=body.name)
        return self._shown(category_id)


class DeactivatedCategoryResource(_Categories):

    @endpoint(access=Level.ADMIN,
              summary='Deactivate a category, with each of its active books',
              response=schemas.CountedCategoryView,
              body_optional=True,
              errors=(CategoryNotFound, AlreadyInactive))
    def post(  # pylint: disable=unused-argument
            self, category_id: UUID, body: schemas.NothingBody) -> Answer:
        self._categories.deactivate(category_id=category_id)
        return self._shown(category_id)


class RestoredCategoryResource(_Categories):

    @endpoint(access=Level.ADMIN,
              summary='Restore a category; its books stay as they are',
              response=schemas.CountedCategoryView,
              body_optional=True,
              errors=(CategoryNotFound, AlreadyActive))
    def post(  # pylint: disable=unused-argument
            self, category_id: UUID, body: schemas.NothingBody) -> Answer:
        self._categories.restore(category_id=category_id)
        return self._shown(category_id)
