from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from talelio_backend.app_contact.data.queries import SqlContactQueries, SqlCorrespondence
from talelio_backend.app_contact.data.unit_of_work import SqlContactUnitOfWork
from talelio_backend.app_contact.domain import events
from talelio_backend.app_contact.presentation import message_resources as messages
from talelio_backend.app_contact.presentation import type_resources as types
from talelio_backend.app_contact.services.mails import SEND_MAIL, ContactMailService
from talelio_backend.app_contact.services.message_types import MessageTypeService
from talelio_backend.app_contact.services.messages import MessageService
from talelio_backend.app_contact.services.ports import ContactUnitOfWork
from talelio_backend.shared.area import Area, Kernel, Route
from talelio_backend.shared.data.letters import TemplateLetters
from talelio_backend.shared.services.jobs import Handler
from talelio_backend.shared.services.mail_limit import MailLimit
from talelio_backend.shared.services.mailer import LONGEST_MAIL_PAUSE, MAIL_ATTEMPTS, MAIL_PAUSE
from talelio_backend.shared.services.rate_limit import parse_limits

_LETTERS = Path(__file__).parent / 'data' / 'mail'


class ContactSettings(Protocol):
    """The settings that this area reads."""

    @property
    def client_url(self) -> str:
        ...

    @property
    def public_url(self) -> str:
        ...

    @property
    def mail_limit(self) -> str:
        ...

    @property
    def default_language(self) -> str:
        ...


def plug(kernel: Kernel, settings: ContactSettings) -> Area:

    def open_uow() -> ContactUnitOfWork:
        return SqlContactUnitOfWork(kernel.transactions)

    queries = SqlContactQueries(kernel.read, cursors=kernel.cursors)
    service = MessageService(open_uow=open_uow,
                             mail_limit=MailLimit(kernel.limiter,
                                                  parse_limits(settings.mail_limit)),
                             clock=kernel.clock)
    mails = ContactMailService(correspondence=SqlCorrespondence(kernel.read),
                               mailer=kernel.mailer,
                               letters=TemplateLetters(_LETTERS,
                                                       default_language=settings.default_language),
                               client_url=settings.client_url,
                               mail_domain=urlsplit(settings.public_url).hostname or 'localhost')
    types_service = MessageTypeService(open_uow=open_uow, clock=kernel.clock)
    return Area(
        name='contact',
        events=(events.MessageTypeCreated, events.MessageTypeUpdated, events.MessageTypeDeleted,
                events.MessageSent, events.MessageAnswered, events.MessageWasClosed,
                events.MessageReopened, events.MessageDeleted),
        routes=(*_type_routes(types_service, queries), *_message_routes(service, queries)),
        handlers=(Handler(name=SEND_MAIL,
                          run=mails.send,
                          attempts=MAIL_ATTEMPTS,
                          pause=MAIL_PAUSE,
                          longest_pause=LONGEST_MAIL_PAUSE,
                          notifies=True), ),
    )


def _type_routes(service: MessageTypeService, queries: SqlContactQueries) -> list[Route]:
    both = {'types': service, 'queries': queries}
    return [
        Route(rule='/v1/contact/types', resource=types.TypesResource, arguments=both),
        Route(rule='/v1/contact/types/<uuid:type_id>', resource=types.TypeResource,
              arguments=both),
    ]


def _message_routes(service: MessageService, queries: SqlContactQueries) -> list[Route]:
    both = {'messages': service, 'queries': queries}
    one = '/v1/contact/messages/<uuid:message_id>'
    return [
        Route(rule='/v1/contact/messages', resource=messages.MessagesResource, arguments=both),
        Route(rule='/v1/contact/messages/mine',
              resource=messages.MyMessagesResource,
              arguments={'queries': queries}),
        Route(rule=one, resource=messages.MessageResource, arguments=both),
        Route(rule=f'{one}/replies', resource=messages.RepliesResource, arguments=both),
    ]
