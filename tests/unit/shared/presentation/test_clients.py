import socket
from collections.abc import Iterator

import pytest

from talelio_backend.shared.presentation import clients
from talelio_backend.shared.presentation.clients import Client


@pytest.fixture(name='ends')
def _ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Client, socket.socket]]:
    monkeypatch.setattr(clients, '_LINGER', 0.05)
    accepted, other = socket.socketpair()
    with other, Client.of(accepted) as client:
        yield client, other


def test_who_keeps_the_connection_is_not_waited_for_a_second_time(
        ends: tuple[Client, socket.socket]) -> None:
    client, other = ends

    client.shutdown(socket.SHUT_WR)

    assert other.recv(1) == b''
    client.setblocking(False)  # it would be an error if there were something to wait for
    assert client.recv(1) == b''


def test_what_is_still_on_its_way_is_taken_in(ends: tuple[Client, socket.socket]) -> None:
    client, other = ends
    other.sendall(b'x' * 100_000)
    other.shutdown(socket.SHUT_WR)

    client.shutdown(socket.SHUT_WR)

    assert client.recv(1) == b''


def test_who_has_hung_up_is_let_go(ends: tuple[Client, socket.socket]) -> None:
    client, other = ends
    other.close()

    client.shutdown(socket.SHUT_WR)

    client.setblocking(False)
    assert client.recv(1) == b''
