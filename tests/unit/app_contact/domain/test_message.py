from collections.abc import Callable

import pytest

from talelio_backend.app_contact.domain.errors import MessageClosed
from talelio_backend.app_contact.domain.events import (MessageAnswered, MessageReopened,
                                                       MessageSent, MessageWasClosed)
from talelio_backend.app_contact.domain.message import Message, Status
from talelio_backend.app_contact.domain.message_type import MessageType
from talelio_backend.shared.domain.errors import VersionMismatch
from talelio_backend.shared.domain.events import Change, Event
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import NOON


def sent() -> Message:
    return Message.send(type_id=new_id(),
                        sender_id=new_id(),
                        title='The oar',
                        body='I lost it by the lake.',
                        now=NOON)


def answer(message: Message) -> None:
    message.answer(author_id=new_id(), body='We found it.', now=NOON)


def close(message: Message) -> None:
    message.close(now=NOON)


def reopen(message: Message) -> None:
    message.reopen(now=NOON)


Step = Callable[[Message], None]


@pytest.mark.parametrize('steps, status, told', [
    ([], Status.OPEN, [MessageSent]),
    ([answer], Status.ANSWERED, [MessageSent, MessageAnswered]),
    ([answer, answer], Status.ANSWERED, [MessageSent, MessageAnswered, MessageAnswered]),
    ([close], Status.CLOSED, [MessageSent, MessageWasClosed]),
    ([answer, close], Status.CLOSED, [MessageSent, MessageAnswered, MessageWasClosed]),
    ([answer, reopen], Status.OPEN, [MessageSent, MessageAnswered, MessageReopened]),
    ([close, reopen], Status.OPEN, [MessageSent, MessageWasClosed, MessageReopened]),
    ([reopen], Status.OPEN, [MessageSent]),
    ([close, close], Status.CLOSED, [MessageSent, MessageWasClosed]),
])
def test_a_message_goes_the_ways_of_the_picture(steps: list[Step], status: Status,
                                                told: list[type[Event]]) -> None:
    message = sent()
    for step in steps:
        step(message)
    events = message.collect_events()
    assert (message.status, [type(event) for event in events]) == (status, told)
    assert message.version == len(told)


def test_a_closed_message_is_not_answered() -> None:
    message = sent()
    close(message)
    with pytest.raises(MessageClosed):
        answer(message)


def test_an_older_version_is_refused() -> None:
    message = sent()
    message.expect(None)
    message.expect(1)
    with pytest.raises(VersionMismatch):
        message.expect(2)


def test_no_event_holds_what_somebody_wrote() -> None:
    message = sent()
    for step in (answer, close, reopen):
        step(message)
    message.delete()
    told = repr(message.collect_events())
    assert 'lake' not in told and 'found' not in told and 'The oar' in told


def test_a_new_name_is_told_and_the_old_one_is_not() -> None:
    message_type = MessageType.create(name='Loss', now=NOON)
    message_type.collect_events()
    message_type.rename('Loss')
    assert not message_type.collect_events()
    message_type.rename('Lost and found')
    told, = message_type.collect_events()
    assert told.changes == {'name': Change('Loss', 'Lost and found')}
