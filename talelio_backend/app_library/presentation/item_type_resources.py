from talelio_backend.app_library.domain.errors import (ItemTypeInUse, ItemTypeNotFound,
                                                       ItemTypeTaken)
from talelio_backend.app_library.presentation import shelving_schemas as schemas
from talelio_backend.app_library.services.item_types import ItemTypeService
from talelio_backend.app_library.services.shelving_queries import ShelvingQueries
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation.answers import Answer, document, no_content
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import ListQuery, list_answer
from talelio_backend.shared.services.listing import BadQuery


class ItemTypesResource(Resource):

    def __init__(self, item_types: ItemTypeService, queries: ShelvingQueries) -> None:
        self._item_types = item_types
        self._queries = queries

    @endpoint(access=Level.LOGGED_OUT,
              summary='The item types that policies and tariffs tell apart',
              response=schemas.ItemTypesView,
              errors=(BadQuery, ))
    def get(self, call: Call, query: ListQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        return list_answer('item_types', self._queries.item_types(wanted), wanted)

    @endpoint(access=Level.ADMIN,
              summary='Add an item type',
              status=201,
              response=schemas.ItemTypeView,
              errors=(ItemTypeTaken, ))
    def post(self, body: schemas.NewItemTypeBody) -> Answer:
        self._item_types.create(item_type=body.id, label=body.label)
        return document(self._queries.item_type(body.id),
                        location=f'/v1/library/item-types/{body.id}')


class ItemTypeResource(Resource):

    def __init__(self, item_types: ItemTypeService, queries: ShelvingQueries) -> None:
        self._item_types = item_types
        self._queries = queries

    @endpoint(access=Level.LOGGED_OUT,
              summary='Read an item type',
              response=schemas.ItemTypeView,
              errors=(ItemTypeNotFound, ))
    def get(self, item_type: str) -> Answer:
        return document(self._queries.item_type(item_type))

    @endpoint(access=Level.ADMIN,
              summary='Change the label of an item type',
              response=schemas.ItemTypeView,
              errors=(ItemTypeNotFound, ))
    def patch(self, item_type: str, body: schemas.ItemTypePatchBody) -> Answer:
        self._item_types.relabel(item_type=item_type, label=body.label)
        return document(self._queries.item_type(item_type))

    @endpoint(access=Level.ADMIN,
              summary='Delete an item type that nothing names',
              status=204,
              errors=(ItemTypeNotFound, ItemTypeInUse))
    def delete(self, item_type: str) -> Answer:
        self._item_types.delete(item_type=item_type)
        return no_content()
