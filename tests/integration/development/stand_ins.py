"""Stand-ins for our own programs, and the supervisor that starts them beside real servers."""

import json
import os
import queue
import select
import signal
import subprocess
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Of a test whose machine is busy; what is over sooner is not waited for.
PATIENCE = 60.0  # seconds
PROGRAMS = textwrap.dedent('''
    import http.server, os, signal, sys
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
        def log_message(self, *_):
            pass
    what = sys.argv[1]
    print(what, 'runs as', os.getpid(), flush=True)
    if what == 'deaf':
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if what == 'brittle':
        os._exit(3)
    port = {'web': 'PORT', 'metrics': 'METRICS_PORT'}.get(what)
    if port:
        http.server.HTTPServer(('127.0.0.1', int(os.environ[port])), Answer).serve_forever()
    if what != 'migrate':
        while True:
            signal.pause()
''')
DRIVER = textwrap.dedent('''
    import os, sys
    from pathlib import Path
    from talelio_backend.development import serving
    from talelio_backend.development.data_folder import DataFolder, InUse
    from talelio_backend.development.parts import Commands
    from talelio_backend.development.stack import Options, PortTaken
    folder, port, programs, worker = sys.argv[1:]
    def stand_in(name):
        return sys.executable, programs, name
    options = Options(folder=DataFolder(Path(folder)), port=int(port), metrics_port=None,
                      clock_offset=-60.0, inherited=dict(os.environ), interrupted=lambda: False)
    commands = Commands(migrate=stand_in('migrate'), worker=stand_in(worker),
                        metrics=stand_in('metrics'), web=stand_in('web'))
    try:
        sys.exit(serving.serve(options, commands))
    except (InUse, PortTaken) as refusal:
        sys.exit(str(refusal))
''')


class Instance:

    def __init__(self, process: subprocess.Popen[str], folder: Path, port: int) -> None:
        self.process = process
        self.folder = folder
        self.port = port
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line)

    def line(self, wanted: str, seconds: float = PATIENCE) -> str:
        """Reads on until a line has that text; queue.Empty if none comes in time."""
        deadline = time.monotonic() + seconds
        while True:
            line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            if wanted in line:
                return line

    def facts(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / 'run.json').read_bytes())
        return content

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


Start = Callable[..., Instance]


def children(pid: int) -> dict[str, int]:
    """Name of the program -> pid."""
    found = {}
    for number in Path(f'/proc/{pid}/task/{pid}/children').read_text(encoding='ascii').split():
        name = Path(f'/proc/{number}/comm').read_text(encoding='utf-8').strip()
        if name.startswith('python'):  # a stand-in, its name is the last word
            name = Path(f'/proc/{number}/cmdline').read_bytes().split(b'\0')[-2].decode()
        found[name] = int(number)
    return found


@contextmanager
def all_gone(pids: list[int], seconds: float = PATIENCE) -> Iterator[None]:
    """They live before the block, and not after it."""
    watched = [os.pidfd_open(pid) for pid in pids]
    yield
    deadline = time.monotonic() + seconds
    try:
        for process in watched:
            assert select.select([process], [], [], max(0.0, deadline - time.monotonic()))[0]
    finally:
        for process in watched:
            os.close(process)
