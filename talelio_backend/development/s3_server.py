"""An S3 endpoint over a folder: one folder per bucket, one file per object."""
import os
import time
from collections.abc import Sequence
from pathlib import Path

from talelio_backend.development import binaries
from talelio_backend.development.ports import HOST, free_port, http_status
from talelio_backend.development.process import Child, StartFailed

REGION = 'us-east-1'
_READY_SECONDS = 30
_RETRY_SECONDS = 0.05
_UNFINISHED = '.rclone_temp_*'


class S3Server:
    """`start` returns when it answers; the buckets are there then."""

    name = 'S3'
    region = REGION

    def __init__(self, data_dir: Path, *, access_key: str, secret_key: str, log_file: Path,
                 buckets: Sequence[str]) -> None:
        self.data_dir = data_dir.absolute()
        self.port = free_port()
        self.access_key = access_key
        self.secret_key = secret_key
        self.buckets = tuple(buckets)
        self._log_file = log_file
        self._child = Child(
            name=self.name,
            command=[
                str(binaries.rclone()),
                'serve',
                's3',
                '--addr',
                f'{HOST}:{self.port}',
                # Files that appear beside it must be seen at once; 0s makes it spin (1.75).
                '--dir-cache-time',
                '1ms',
                str(self.data_dir)
            ],
            environment={
                'PATH': os.defpath,
                'RCLONE_AUTH_KEY': f'"{access_key},{secret_key}"',
                # It keeps no settings, and a home that cannot be written is no fault.
                'RCLONE_CONFIG': os.devnull,
                'RCLONE_CACHE_DIR': str(self.data_dir.parent / 's3-cache')
            },
            working_dir=self.data_dir,
            log_file=log_file)

    @property
    def url(self) -> str:
        return f'http://{HOST}:{self.port}'

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
        for bucket in self.buckets:
            (self.data_dir / bucket).mkdir(exist_ok=True)
        for unfinished in self.data_dir.rglob(_UNFINISHED):  # uploads that a kill cut off
            unfinished.unlink(missing_ok=True)
        self._child.start()

    def wait_ready(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while http_status(self.port, '/') is None:  # a stranger is refused, by one that is up
            if not self.alive() or time.monotonic() > deadline:
                raise StartFailed(self.name, f'see {self._log_file}')
            time.sleep(_RETRY_SECONDS)

    def ask_to_stop(self) -> None:
        self._child.ask_to_stop()

    def stop(self, seconds: float = 5.0) -> None:
        self._child.stop(seconds)

    def kill(self) -> None:
        self._child.kill()
