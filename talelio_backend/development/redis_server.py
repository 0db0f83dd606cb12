"""A Redis in a folder, with an append-only file."""
import time
from pathlib import Path

import redis

from talelio_backend.development import binaries
from talelio_backend.development.credentials import write_private
from talelio_backend.development.ports import HOST, free_port
from talelio_backend.development.process import Child, StartFailed

_READY_SECONDS = 30
_RETRY_SECONDS = 0.05


class RedisServer:
    """`start` returns when it answers. Not `durable`: nothing is written, for tests."""

    name = 'Redis'

    def __init__(self,
                 data_dir: Path,
                 *,
                 password: str,
                 log_file: Path,
                 durable: bool = True) -> None:
        self.data_dir = data_dir.absolute()
        self.port = free_port()
        self._password = password
        self._durable = durable
        self._log_file = log_file
        self._config = self.data_dir / 'redis.conf'
        self._child = Child(name=self.name,
                            command=[str(binaries.redis_server()),
                                     str(self._config)],
                            environment={'LC_ALL': 'C'},
                            working_dir=self.data_dir,
                            log_file=log_file)

    @property
    def url(self) -> str:
        return f'redis://:{self._password}@{HOST}:{self.port}/0'

    @property
    def pid(self) -> int | None:
        return self._child.pid

    def alive(self) -> bool:
        return self._child.alive()

    def start(self) -> None:
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        """Everything of `start` but the waiting."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self._config, self._configuration())
        self._child.start()

    def wait_ready(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        with redis.Redis.from_url(self.url) as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.RedisError as error:
                    if not self.alive() or time.monotonic() > deadline:
                        raise StartFailed(self.name, f'see {self._log_file}') from error
                    time.sleep(_RETRY_SECONDS)

    def ask_to_stop(self) -> None:
        self._child.ask_to_stop()

    def stop(self, seconds: float = 5.0) -> None:
        self._child.stop(seconds)

    def kill(self) -> None:
        self._child.kill()

    def _configuration(self) -> str:
        # No path in it: the server works in its folder, whatever letters the path is made of.
        return '\n'.join([
            f'bind {HOST}',
            f'port {self.port}',
            f'requirepass {self._password}',
            'dir .',
            'save ""',
            f'appendonly {"yes" if self._durable else "no"}',
            'appendfsync everysec',
            'maxmemory-policy noeviction',
            'daemonize no',
            '',
        ])
