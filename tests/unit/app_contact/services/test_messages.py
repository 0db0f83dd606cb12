from collections.abc import Callable
from uuid import UUID

import pytest

from talelio_backend.app_contact.domain.errors import (MessageNotFound, MessageTypeInUse,
                                                       MessageTypeNotFound, MessageTypeTaken,
                                                       SenderGone, UnknownType)
from talelio_backend.app_contact.services.message_types import MessageTypeService
from talelio_backend.app_contact.services.messages import MessageService
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.mail_limit import MailLimit, TooManyMails
from talelio_backend.shared.services.rate_limit import Limit
from tests.fakes import FakeClock, InMemoryLimiter
from tests.fakes_contact import FakeContactUnitOfWork


class Desk:
    """Both services over one store."""

    def __init__(self) -> None:
        self.uow = FakeContactUnitOfWork()
        clock = FakeClock()
        self.types = MessageTypeService(open_uow=lambda: self.uow, clock=clock)
        self.messages = MessageService(open_uow=lambda: self.uow,
                                       mail_limit=MailLimit(InMemoryLimiter(clock),
                                                            [Limit(2, 60)]),
                                       clock=clock)
        self.type_id = self.types.create(name='Loss')
        self.sender_id = new_id()

    def write(self, type_id: UUID | None = None) -> UUID:
        return self.messages.send(sender_id=self.sender_id,
                                  type_id=type_id or self.type_id,
                                  title='The oar',
                                  body='I lost it by the lake.')

    def answer(self, message_id: UUID) -> UUID:
        return self.messages.answer(message_id=message_id, author_id=new_id(), body='Found.')

    def mails(self) -> list[tuple[str, str]]:
        return [(job.arguments['kind'], job.arguments['recipient_id']) for job in self.uow.jobs]


@pytest.fixture(name='desk')
def make_desk() -> Desk:
    return Desk()


def test_a_message_is_mailed_to_each_administrator(desk: Desk) -> None:
    desk.uow.people.staff = [new_id(), new_id()]
    desk.write()
    assert desk.mails() == [('contact_message', str(one)) for one in desk.uow.people.staff]


def test_a_message_of_no_type_is_refused_and_mails_nobody(desk: Desk) -> None:
    desk.uow.people.staff = [new_id()]
    for _ in range(3):  # nor does it count
        with pytest.raises(UnknownType):
            desk.write(new_id())
    assert not desk.uow.stored and not desk.uow.jobs
    desk.write()


def test_messages_count_in_the_limit_of_mails(desk: Desk) -> None:
    desk.write()
    desk.write()
    with pytest.raises(TooManyMails):
        desk.write()
    assert len(desk.uow.stored) == 2


def test_an_answer_is_mailed_to_the_sender(desk: Desk) -> None:
    message_id = desk.write()
    reply_id = desk.answer(message_id)
    assert desk.mails() == [('contact_reply', str(desk.sender_id))]
    assert desk.uow.jobs[0].arguments['reply_id'] == str(reply_id)


def test_nobody_answers_who_would_not_be_read(desk: Desk) -> None:
    message_id = desk.write()
    desk.uow.people.gone.add(desk.sender_id)
    with pytest.raises(SenderGone):
        desk.answer(message_id)
    assert not desk.uow.replies and not desk.uow.jobs


@pytest.mark.parametrize('act', [
    lambda desk: desk.answer(new_id()),
    lambda desk: desk.messages.close(message_id=new_id(), expected_version=None),
    lambda desk: desk.messages.reopen(message_id=new_id(), expected_version=None),
    lambda desk: desk.messages.delete(message_id=new_id(), expected_version=None)
])
def test_a_message_that_there_is_not_is_not_found(desk: Desk, act: Callable[[Desk],
                                                                            object]) -> None:
    with pytest.raises(MessageNotFound):
        act(desk)


def test_a_type_that_a_message_has_stays(desk: Desk) -> None:
    desk.write()
    with pytest.raises(MessageTypeInUse):
        desk.types.delete(type_id=desk.type_id)
    with pytest.raises(MessageTypeNotFound):
        desk.types.delete(type_id=new_id())


def test_two_types_have_two_names(desk: Desk) -> None:
    with pytest.raises(MessageTypeTaken):
        desk.types.create(name='LOSS')
    desk.types.rename(type_id=desk.type_id, name='LOSS')
    with pytest.raises(MessageTypeNotFound):
        desk.types.rename(type_id=new_id(), name='Other')
