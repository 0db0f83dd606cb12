"""HTTP/1.1 answers as they come in, in as few steps as tell where one ends."""

from typing import NamedTuple


class Answer(NamedTuple):
    """``head`` is in small letters. ``stays``: the server keeps the connection."""

    status: int
    head: bytes
    stays: bool


def whole(received: bytes, ended: bool) -> Answer | None:
    """The answer once all of it is there, None before; ``ended``: nothing more will come.
    Raises OSError for one that was cut, ValueError for what is no HTTP."""
    end = received.find(b'\r\n\r\n')
    if end < 0:
        if ended:
            raise OSError('closed before an answer')
        return None
    head = received[:end].lower()
    status = int(head[9:12])
    stays = not ended and b'\r\nconnection: close' not in head
    if _is_there(received, head, end + 4, status, ended):
        return Answer(status, head, stays)
    if ended:
        raise OSError('closed in the middle of an answer')
    return None


def _is_there(received: bytes, head: bytes, body: int, status: int, ended: bool) -> bool:
    if status in (204, 304):
        return True
    place = head.find(b'\r\ncontent-length:')
    if place >= 0:
        length = int(head[place + 17:].split(b'\r\n', 1)[0])
        return len(received) - body >= length
    if b'\r\ntransfer-encoding: chunked' in head:
        return received.endswith(b'\r\n0\r\n\r\n') or received[body:] == b'0\r\n\r\n'
    return ended


def cookie_of(head: bytes, received: bytes) -> str | None:
    """What the first Set-Cookie sets, as a client sends it back."""
    place = head.find(b'\r\nset-cookie: ')
    if place < 0:
        return None
    return received[place + 14:len(head)].split(b'\r\n', 1)[0].split(b';', 1)[0].decode()


def body_of(received: bytes) -> bytes:
    """Raises ValueError where the answer is not whole."""
    head, _, rest = received.partition(b'\r\n\r\n')
    if b'\r\ntransfer-encoding: chunked' not in head.lower():
        return rest
    pieces = []
    while (size := int(rest.split(b'\r\n', 1)[0].split(b';')[0], 16)) > 0:
        rest = rest.split(b'\r\n', 1)[1]
        pieces.append(rest[:size])
        rest = rest[size + 2:]
    return b''.join(pieces)
