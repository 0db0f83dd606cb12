"""An SMTP server that lays every message into a folder, where a test looks for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from talelio_backend.development.ports import HOST, free_port


class Folder:

    def __init__(self, path: Path) -> None:
        self._path = path
        self._numbers = count()

    async def handle_DATA(  # pylint: disable=invalid-name  # aiosmtpd's name for it
            self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        file = self._path / f'{next(self._numbers):06}.eml'
        part = file.with_suffix('.part')
        # As a mailbox on disk keeps it: lines end as files' lines do.
        part.write_bytes(bytes(envelope.original_content or b'').replace(b'\r\n', b'\n'))
        part.rename(file)
        return '250 OK'


@contextmanager
def catching(folder: Path) -> Iterator[str]:
    """The URL of a server that runs within the block."""
    folder.mkdir(parents=True, exist_ok=True)
    controller = Controller(Folder(folder), hostname=HOST, port=free_port(), decode_data=False)
    controller.start()
    try:
        yield f'smtp://{HOST}:{controller.port}'
    finally:
        controller.stop()
