import socket
import struct
import time
from collections.abc import Iterator
from typing import Any, Self

STALLED = 15  # seconds without a byte from a client that owes some, or takes none
_LINGER = 2.0  # seconds in which a client that is still sending may notice the answer
_LAST_CALL = 1.0  # seconds to take in those who knocked before the end
_SHORTEST = 0.01  # seconds; none at all would mean for ever
_PIECE = 64 * 1024


class ClientTooSlow(Exception):
    """The client let the server wait too long for the rest of its request."""


class Client(socket.socket):
    """The server's end of a connection. It waits for a request no longer than ``expect`` says,
    and not for ever until bytes of an answer are taken."""

    _wait = 0.0  # what the kernel was told last
    _patience: float
    _rate: float

    @classmethod
    def of(cls, accepted: socket.socket) -> Self:
        """Takes over a connection that was accepted, which is not to be used any more."""
        client = cls(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _interval(STALLED))
        client.expect(STALLED)
        return client

    def expect(self, seconds: float, *, bytes_per_second: float = float('inf')) -> None:
        """From here on the client may let wait for ``seconds`` altogether, and for a second more
        with each ``bytes_per_second`` that it sends. Time in which the server itself works does
        not count. No silence may be longer than ``STALLED``."""
        self._patience = seconds
        self._rate = bytes_per_second

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Raises ClientTooSlow."""
        if self.gettimeout() is not None:  # somebody bounds it otherwise, or does not wait
            return super().recv(bufsize, flags)
        if self._patience <= 0:
            raise ClientTooSlow()
        self._bound(min(STALLED, max(_SHORTEST, self._patience)))
        began = time.monotonic()
        try:
            piece = super().recv(bufsize, flags)
        except BlockingIOError as error:
            raise ClientTooSlow() from error
        self._patience += len(piece) / self._rate - (time.monotonic() - began)
        return piece

    def shutdown(self, how: int, /) -> None:
        """Says that the answer is complete, then takes in what is still on its way. Bytes that
        nobody took would make the kernel reset the connection, and a proxy that is handing an
        upload on would answer 502 instead of the refusal that it was just told."""
        super().shutdown(how)
        try:
            self._take_the_rest()
            super().shutdown(socket.SHUT_RD)  # nobody shall wait for it a second time
        except OSError:
            pass  # it hung up

    def _take_the_rest(self) -> None:
        end = time.monotonic() + _LINGER
        try:
            while (left := end - time.monotonic()) > 0:
                self.settimeout(left)
                if not super().recv(_PIECE):
                    break
        except TimeoutError:
            pass  # it is silent, and keeps the connection

    def _bound(self, seconds: float) -> None:
        # Mostly it is the same as before, and the kernel need not be told again.
        if seconds != self._wait:
            self.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _interval(seconds))
            self._wait = seconds


def _interval(seconds: float) -> Any:
    return struct.pack('ll', int(seconds), int(seconds % 1 * 1_000_000))


def knocking(listeners: list[Any]) -> Iterator[tuple[socket.socket, Any]]:
    """Everybody who waits in the kernel's queue, which is reset when its port is closed."""
    end = time.monotonic() + _LAST_CALL
    for listener in listeners:
        while time.monotonic() < end:
            try:
                yield listener.accept()
            except ConnectionAbortedError:
                continue
            except OSError:
                break
