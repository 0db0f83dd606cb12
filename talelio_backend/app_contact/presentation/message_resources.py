from uuid import UUID

from talelio_backend.app_contact.domain.errors import (MessageClosed, MessageNotFound, SenderGone,
                                                       UnknownType)
from talelio_backend.app_contact.presentation.schemas import (MessageBody, MessagesQuery,
                                                              MessagesView, MessageView, ReplyBody,
                                                              ReplyView, StatusBody)
from talelio_backend.app_contact.services.messages import MessageService
from talelio_backend.app_contact.services.queries import ContactQueries
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation.answers import Answer, document, no_content
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.conditional import naming_the_present
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import ListQuery, list_answer
from talelio_backend.shared.services.listing import BadQuery
from talelio_backend.shared.services.mail_limit import TooManyMails


class MessagesResource(Resource):

    def __init__(self, messages: MessageService, queries: ContactQueries) -> None:
        self._messages = messages
        self._queries = queries

    @endpoint(access=Level.ADMIN,
              summary='All messages to the staff',
              response=MessagesView,
              errors=(BadQuery, ))
    def get(self, call: Call, query: MessagesQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        return list_answer('messages', self._queries.messages(query.filter(), wanted), wanted)

    @endpoint(access=Level.MEMBER,
              summary='Write to the staff',
              status=201,
              response=MessageView,
              errors=(UnknownType, TooManyMails))
    def post(self, call: Call, body: MessageBody) -> Answer:
        message_id = self._messages.send(sender_id=call.caller.member_id,
                                         type_id=body.type_id,
                                         title=body.title,
                                         body=body.body)
        return document(self._queries.message(message_id),
                        location=f'/v1/contact/messages/{message_id}')


class MyMessagesResource(Resource):

    def __init__(self, queries: ContactQueries) -> None:
        self._queries = queries

    @endpoint(access=Level.MEMBER,
              summary='My own messages to the staff',
              response=MessagesView,
              errors=(BadQuery, ))
    def get(self, call: Call, query: ListQuery) -> Answer:
        wanted = query.page_request(call.caller.level)
        page = self._queries.sent_by(call.caller.member_id, wanted)
        return list_answer('messages', page, wanted)


class MessageResource(Resource):

    def __init__(self, messages: MessageService, queries: ContactQueries) -> None:
        self._messages = messages
        self._queries = queries

    @endpoint(access=Level.MEMBER,
              summary='Read a message, as its sender or an administrator',
              response=MessageView,
              errors=(MessageNotFound, ))
    def get(self, message_id: UUID, call: Call) -> Answer:
        whose = None if call.caller.is_admin else call.caller.member_id
        return document(self._queries.message(message_id, sender_id=whose))

    @endpoint(access=Level.ADMIN,
              summary='Close or reopen a message',
              response=MessageView,
              if_match='accepted',
              errors=(MessageNotFound, ))
    def patch(self, message_id: UUID, call: Call, body: StatusBody) -> Answer:
        change = self._messages.close if body.status == 'closed' else self._messages.reopen
        with naming_the_present(lambda: self._queries.message(message_id)):
            change(message_id=message_id, expected_version=call.expected_version)
        return document(self._queries.message(message_id))

    @endpoint(access=Level.ADMIN,
              summary='Delete a message with its replies',
              status=204,
              if_match='accepted',
              errors=(MessageNotFound, ))
    def delete(self, message_id: UUID, call: Call) -> Answer:
        with naming_the_present(lambda: self._queries.message(message_id)):
            self._messages.delete(message_id=message_id, expected_version=call.expected_version)
        return no_content()


class RepliesResource(Resource):

    def __init__(self, messages: MessageService, queries: ContactQueries) -> None:
        self._messages = messages
        self._queries = queries

    @endpoint(access=Level.ADMIN,
              summary='Answer a message',
              status=201,
              response=ReplyView,
              errors=(MessageNotFound, MessageClosed, SenderGone))
    def post(self, message_id: UUID, call: Call, body: ReplyBody) -> Answer:
        reply_id = self._messages.answer(message_id=message_id,
                                         author_id=call.caller.member_id,
                                         body=body.body)
        return document(self._queries.reply(reply_id),
                        location=f'/v1/contact/messages/{message_id}')
