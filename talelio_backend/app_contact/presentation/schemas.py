from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from talelio_backend.app_contact.domain.message import Status
from talelio_backend.app_contact.services.queries import MessageFilter
from talelio_backend.shared.presentation.lists import ListQuery, ListView
from talelio_backend.shared.presentation.schemas import Body, Line, LongText, Time, View

StatusName = Literal['open', 'answered', 'closed']
TypeName = Annotated[Line, Field(min_length=2, max_length=50)]


class TypeBody(Body):
    name: TypeName


class MessageBody(Body):
    type_id: UUID
    title: Annotated[Line, Field(min_length=3, max_length=100)]
    body: Annotated[LongText, Field(min_length=10, max_length=10_000)]


class ReplyBody(Body):
    body: Annotated[LongText, Field(min_length=1, max_length=10_000)]


class StatusBody(Body):
    status: Literal['open', 'closed']


class MessagesQuery(ListQuery):
    type: list[UUID] = []
    status: list[StatusName] = []
    q: Annotated[str | None, Field(max_length=200)] = None
    since: Time | None = None
    before: Time | None = None

    def filter(self) -> MessageFilter:
        return MessageFilter(types=tuple(self.type),
                             statuses=tuple(Status(name) for name in self.status),
                             q=self.q,
                             since=self.since,
                             before=self.before)


class TypeView(View):
    id: UUID
    name: str
    created_at: Time


class CountedTypeView(TypeView):
    messages_count: int


class TypesView(ListView):
    types: list[CountedTypeView | TypeView]


class TypeOfMessageView(View):
    id: UUID
    name: str


class SenderView(View):
    id: UUID
    username: str
    email: str | None


class AuthorView(View):
    id: UUID
    username: str


class ReplyView(View):
    id: UUID
    body: str
    author: AuthorView
    created_at: Time


class ListedMessageView(View):
    id: UUID
    type: TypeOfMessageView
    title: str
    body: str
    status: StatusName
    sender: SenderView
    replies_count: int
    version: int
    created_at: Time
    updated_at: Time


class MessageView(ListedMessageView):
    replies: list[ReplyView]


class MessagesView(ListView):
    messages: list[ListedMessageView]
