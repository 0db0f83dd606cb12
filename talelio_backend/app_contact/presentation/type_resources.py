from uuid import UUID

from talelio_backend.app_contact.domain.errors import (MessageTypeInUse, MessageTypeNotFound,
                                                       MessageTypeTaken)
from talelio_backend.app_contact.presentation.schemas import (CountedTypeView, TypeBody, TypesView,
                                                              TypeView)
from talelio_backend.app_contact.services.message_types import MessageTypeService
from talelio_backend.app_contact.services.queries import ContactQueries
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation.answers import Answer, document, no_content
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import ListQuery, list_answer
from talelio_backend.shared.services.listing import BadQuery


class TypesResource(Resource):

    def __init__(self, types: MessageTypeService, queries: ContactQueries) -> None:
        self._types = types
        self._queries = queries

    @endpoint(access=Level.LOGGED_OUT,
              summary='What one can write to the staff about',
              response=TypesView,
              errors=(BadQuery, ))
    def get(self, call: Call, query: ListQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        return list_answer('types', self._queries.types(wanted), wanted)

    @endpoint(access=Level.ADMIN,
              summary='Add a message type',
              status=201,
              response=CountedTypeView,
              errors=(MessageTypeTaken, ))
    def post(self, call: Call, body: TypeBody) -> Answer:  # pylint: disable=unused-argument
        type_id = self._types.create(name=body.name)
        return document(self._queries.type(type_id, counted=True),
                        location=f'/v1/contact/types/{type_id}')


class TypeResource(Resource):

    def __init__(self, types: MessageTypeService, queries: ContactQueries) -> None:
        self._types = types
        self._queries = queries

    @endpoint(access=Level.LOGGED_OUT,
              summary='Read a message type',
              response=TypeView,
              errors=(MessageTypeNotFound, ))
    def get(self, type_id: UUID, call: Call) -> Answer:
        return document(self._queries.type(type_id, counted=call.caller.is_admin))

    @endpoint(access=Level.ADMIN,
              summary='Rename a message type',
              response=CountedTypeView,
              errors=(MessageTypeNotFound, MessageTypeTaken))
    def patch(  # pylint: disable=unused-argument
            self, type_id: UUID, call: Call, body: TypeBody) -> Answer:
        self._types.rename(type_id=type_id, name=body.name)
        return document(self._queries.type(type_id, counted=True))

    @endpoint(access=Level.ADMIN,
              summary='Delete a message type that no message has',
              status=204,
              errors=(MessageTypeNotFound, MessageTypeInUse))
    def delete(self, type_id: UUID, call: Call) -> Answer:  # pylint: disable=unused-argument
        self._types.delete(type_id=type_id)
        return no_content()
