"""The worker of a house, with the library's handlers alone: ``python -m tests.library_worker``.
Its settings stand in the environment; it is missed sooner than in production."""

import os

from talelio_backend.bootstrap import build
from talelio_backend.settings import Settings
from talelio_backend.shared.data import worker

BEAT, SILENCE = 0.2, 1.5  # seconds


def main() -> None:
    worker.HEARTBEAT, worker.SILENCE = BEAT, SILENCE
    house = build(Settings.load(os.environ))
    handlers = [
        handler for area in house.areas for handler in area.handlers
        if handler.name == 'library.run_import'
    ]
    app = worker.build_worker_app(house.settings.database_address, handlers, lambda *_: None)
    worker.Worker(app,
                  engine=house.kernel.engine,
                  jobs=house.kernel.jobs,
                  handlers=handlers,
                  concurrency=1,
                  grace=1).run()


if __name__ == '__main__':
    main()
