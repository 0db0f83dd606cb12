"""A worker process for tests: ``python -m tests.worker_process <database url> <folder> <grace>``.

Its jobs leave lines in ``<folder>/<name>``; ``hang`` does not end before ``<folder>/go`` is there.
"""

import os
import signal
import sys
from pathlib import Path
from threading import Event

from talelio_backend.shared.data import worker
from talelio_backend.shared.data.database import build_engine
from talelio_backend.shared.data.jobs import ProcrastinateJobs
from talelio_backend.shared.data.secrets_manager import DatabaseAddress
from talelio_backend.shared.services.jobs import Handler

# A worker that is alive on a busy machine says so within the silence.
BEAT, SILENCE = 0.2, 3  # seconds


def handlers(folder: Path) -> list[Handler]:

    def note(*, name: str) -> None:
        with (folder / name).open('a', encoding='utf-8') as file:
            file.write('done\n')

    def hang(*, name: str) -> None:
        with (folder / f'{name}.begun').open('a', encoding='utf-8') as file:
            file.write('begun\n')
        while not (folder / 'go').exists():
            Event().wait(0.05)
        note(name=name)

    def kill_the_worker(*, name: str) -> None:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError(name)

    return [
        Handler(name='fatal', run=kill_the_worker, attempts=2, on_exhausted=note),
        Handler(name='note', run=note),
        Handler(name='hang', run=hang),
        Handler(name='yearly', run=lambda: note(name='yearly'), cron='0 0 1 1 *')
    ]


def main(url: str, folder: str, grace: str) -> None:
    worker.HEARTBEAT, worker.SILENCE = BEAT, SILENCE
    known = handlers(Path(folder))
    engine = build_engine(url,
                          pool_size=2,
                          overflow=2,
                          timeout=5,
                          statement_timeout=5,
                          lock_timeout=5)
    beats = Path(folder) / 'beats'
    worker.Worker(worker.build_worker_app(DatabaseAddress(url), known,
                                          lambda _task, _outcome: None),
                  engine=engine,
                  jobs=ProcrastinateJobs(engine),
                  handlers=known,
                  concurrency=2,
                  grace=float(grace),
                  beat=beats.touch).run()


if __name__ == '__main__':
    main(*sys.argv[1:])
