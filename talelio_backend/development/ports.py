"""TCP ports of this machine's own address: a free one, and who holds a taken one."""
import http.client
import os
import random
import socket
from pathlib import Path

HOST = '127.0.0.1'
# Below the range from which the kernel takes the ports of outgoing connections, so that a server
# which is started again finds its old port free.
_RANGE = (20000, 32000)
_ANSWER_SECONDS = 5
_LISTENING = '0A'


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    while True:
        port = random.randrange(*_RANGE)
        if is_free(port):
            return port


def http_status(port: int, path: str) -> int | None:
    """None if nobody answers. No proxy is asked, whatever the environment says."""
    connection = http.client.HTTPConnection(HOST, port, timeout=_ANSWER_SECONDS)
    try:
        connection.request('GET', path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def holder(port: int) -> str:
    """`process 123, gunicorn`, as far as the kernel lets us see it."""
    sockets = _listening_sockets(port)
    for process in Path('/proc').glob('[0-9]*'):
        try:
            if any(os.readlink(open_file) in sockets for open_file in process.glob('fd/*')):
                return f'process {process.name}, {(process / "comm").read_text().strip()}'
        except OSError:
            continue  # ended meanwhile, or belongs to somebody else
    return 'another program'


def _listening_sockets(port: int) -> set[str]:
    found = set()
    for table in ('/proc/net/tcp', '/proc/net/tcp6'):
        try:
            rows = Path(table).read_text(encoding='ascii').splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            columns = row.split()
            if columns[3] == _LISTENING and int(columns[1].rpartition(':')[2], 16) == port:
                found.add(f'socket:[{columns[9]}]')
    return found
