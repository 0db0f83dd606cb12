from talelio_backend.shared.domain.errors import Conflict, Fault, Invalid, NotFound


class MessageTypeNotFound(NotFound):
    code = 'message_type_not_found'
    title = 'There is no such type of message.'


class MessageTypeTaken(Conflict):
    code = 'message_type_taken'
    title = 'There is a type of this name already.'


class MessageTypeInUse(Conflict):
    code = 'message_type_in_use'
    title = 'There are messages of this type.'


class UnknownType(Invalid):
    """A message of a type that there is not, or not any more."""

    def __init__(self) -> None:
        super().__init__(Fault('/type_id', 'unknown', 'there is no such type of message'))


class MessageNotFound(NotFound):
    code = 'message_not_found'
    title = 'There is no such message.'


class MessageClosed(Conflict):
    code = 'message_closed'
    title = 'The message is closed. Reopen it to answer.'


class SenderGone(Conflict):
    code = 'sender_gone'
    title = 'The account that wrote this is deleted, so that nobody would get the answer.'
