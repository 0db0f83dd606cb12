"""A way to a server that can be cut or held up in the middle of what is sent."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

_PIECE = 16 * 1024
Watch = Callable[[bytes], None]


class Cut(Exception):
    """Raised by a watch: the connection ends here."""


class TcpProxy:
    """``watch`` sees every piece that a client sends before the server does; it may wait, or
    raise ``Cut``."""

    def __init__(self, port: int, watch: Watch) -> None:
        self._to = ('127.0.0.1', port)
        self._watch = watch
        self._listener = socket.create_server(('127.0.0.1', 0))
        self._open: list[socket.socket] = []
        self.port = int(self._listener.getsockname()[1])

    def serve(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return  # closed
            server = socket.create_connection(self._to)
            self._open += [client, server]
            Thread(target=self._copy, args=(client, server, self._watch), daemon=True).start()
            Thread(target=self._copy, args=(server, client, lambda _piece: None),
                   daemon=True).start()

    def close(self) -> None:
        # A thread that waits in accept() is woken by this alone.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._open:
            _end(one)
            one.close()

    def _copy(self, source: socket.socket, target: socket.socket, watch: Watch) -> None:
        with suppress(OSError, Cut):
            while piece := source.recv(_PIECE):
                watch(piece)
                target.sendall(piece)
        _end(source)
        _end(target)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxied(port: int, watch: Watch) -> Iterator[str]:
    """The URL of a way to ``port`` that ``watch`` stands beside."""
    proxy = TcpProxy(port, watch)
    serving = Thread(target=proxy.serve, daemon=True)
    serving.start()
    try:
        yield f'http://127.0.0.1:{proxy.port}'
    finally:
        proxy.close()
        serving.join(10)


class HoldUp:
    """A watch that lets everything pass until it sees ``marker``; then it tells and holds on."""

    def __init__(self, marker: bytes) -> None:
        self._marker = marker
        self.reached, self.go = Event(), Event()

    def __call__(self, piece: bytes) -> None:
        if self._marker in piece:
            self.reached.set()
            self.go.wait(120)
