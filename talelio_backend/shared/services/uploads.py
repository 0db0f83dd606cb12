"""Files that people send, and the refusals that are alike wherever a picture is taken."""

from collections.abc import Sequence
from typing import Any, Protocol

from talelio_backend.shared.domain.errors import DomainError, Fault, RuleBroken, TooLarge
from talelio_backend.shared.services.images import (ImageBroken, ImagePipeline, ImageTooManyPixels,
                                                    ImageTypeNotSupported, PictureRefused)

MAX_FILES = 10
MAX_FILE_BYTES = 2 * 1024 * 1024
# What the boundaries and headers of the parts may add.
MAX_BODY_BYTES = MAX_FILES * MAX_FILE_BYTES + 64 * 1024


class SentFile(Protocol):
    """One file of a request, kept outside of the memory where it is large. ``file_name`` is as
    sent, folders included; ``size`` in bytes; ``sha256`` of the content."""

    @property
    def file_name(self) -> str:
        ...

    @property
    def size(self) -> int:
        ...

    @property
    def sha256(self) -> bytes:
        ...

    def read(self) -> bytes:
        """The whole content; may be called again."""
        ...


class FilesRefused(DomainError):
    """A refusal that names each bad file by its place: ``/files/<index>``."""

    def __init__(self, *faults: Fault, **data: Any) -> None:
        super().__init__(**data)
        self.faults = faults


class NoFile(RuleBroken):
    code = 'no_file'
    title = 'The request holds no file.'


class FileEmpty(FilesRefused, RuleBroken):
    code = 'file_empty'
    title = 'A file is empty.'


class TooManyFiles(FilesRefused, RuleBroken):
    code = 'too_many_files'
    title = 'One request may hold {most} files at most.'


class FileTooLarge(FilesRefused, TooLarge):
    code = 'file_too_large'
    title = 'A file may have 2 MiB (2,097,152 bytes) at most.'


# In the order in which they are checked: the first that any file has names the refusal.
_ORDER: tuple[type[FilesRefused | PictureRefused],
              ...] = (FileEmpty, TooManyFiles, FileTooLarge, ImageTypeNotSupported,
                      ImageTooManyPixels, ImageBroken)
FILE_ERRORS: tuple[type[DomainError], ...] = (NoFile, *_ORDER)


def place(index: int) -> str:
    return f'/files/{index}'


def refuse_bad_files(files: Sequence[SentFile],
                     images: ImagePipeline,
                     *,
                     most: int = MAX_FILES) -> None:
    """Judges everything that can be judged without decoding a picture.

    Raises NoFile, FileEmpty, TooManyFiles, FileTooLarge, ImageTypeNotSupported,
    ImageTooManyPixels, ImageBroken (an unreadable header). The first of these that any file
    earns is raised; its faults name every bad file, each with its own fault.
    """
    if not files:
        raise NoFile()
    found = [
        _fault_of(file, images if number < most else None) for number, file in enumerate(files)
    ]
    refuse(found)


def refuse(found: Sequence[type[FilesRefused | PictureRefused] | None],
           *,
           most: int = MAX_FILES) -> None:
    """Raises the first refusal in the order of checks, where there is one; ``found`` has an
    entry for each file, in order."""
    kinds = [kind for kind in _ORDER if kind in found]
    if not kinds:
        return
    faults = (Fault(place(index), kind.code, kind.title.format(most=most))
              for index, kind in enumerate(found) if kind is not None)
    raise kinds[0](*faults, **({'most': most} if kinds[0] is TooManyFiles else {}))


def _fault_of(file: SentFile,
              images: ImagePipeline | None) -> type[FilesRefused | PictureRefused] | None:
    if file.size == 0:
        return FileEmpty
    if images is None:
        return TooManyFiles
    if file.size > MAX_FILE_BYTES:
        return FileTooLarge
    try:
        images.check(file.read())
    except PictureRefused as error:
        return type(error)
    return None
