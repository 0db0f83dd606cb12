"""The AWS command line in a process that has imported it: ``python -m tests.aws_server <socket>``.

To start it takes most of a second of imports, and the scripts start it a hundred times. Here a
call is a fork, with the arguments, the environment, the folder and the streams of the caller.
"""

import json
import os
import signal
import socket
import sys
import traceback
from pathlib import Path
from threading import Thread
from typing import Any

# What the ``aws`` on a test's path is: it hands its call on and ends as the call ends.
PROGRAM = '''#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({path!r})
    call = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
    socket.send_fds(server, [len(call).to_bytes(4, 'big')], [0, 1, 2])
    server.sendall(call)
    ended = server.recv(1)
sys.exit(ended[0] if ended else 'the call died')
'''


def serve(path: str) -> None:
    # Here alone: it brings a botocore of its own, and puts it in the place of everybody's.
    import awscli.clidriver  # type: ignore[import-untyped]
    awscli.clidriver.create_clidriver()  # imports what it looks for by name
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the calls
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        print('ready', flush=True)
        while True:
            caller, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                _call(caller)
            caller.close()


def _call(caller: socket.socket) -> None:
    code = 255
    try:
        code = _run(caller)
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:  # pylint: disable=broad-exception-caught  # the end of a process
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        caller.sendall(bytes([code]))
        os._exit(code)


def _run(caller: socket.socket) -> int:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    length, streams, _, _ = socket.recv_fds(caller, 4, 3)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    size, call = int.from_bytes(length, 'big'), b''
    while len(call) < size:
        call += caller.recv(size - len(call))
    arguments, environment, folder = json.loads(call)
    own = os.environ['AWS_DATA_PATH']  # put there by the import
    os.environ.clear()
    os.environ.update(environment, AWS_DATA_PATH=own)
    os.chdir(folder)
    sys.argv = ['aws', *arguments]
    Thread(target=_end_with, args=(caller, ), daemon=True).start()
    from awscli.clidriver import main
    answer: Any = main()
    return int(answer)


def _end_with(caller: socket.socket) -> None:
    """A caller that is gone was interrupted, and this with it."""
    if not caller.recv(1):
        os._exit(1)


def install(file: Path, server: str) -> None:
    """Writes the program that hands its calls to the server."""
    file.write_text(PROGRAM.format(python=sys.executable, path=server), encoding='utf-8')
    file.chmod(0o755)


if __name__ == '__main__':
    serve(sys.argv[1])
