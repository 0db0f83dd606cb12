"""Pictures of strangers made safe to serve.

A file is cut up by `pictures.jpeg`, `png`, `gif` or `webp`, which know their format's containers
and decode nothing. Only the parts that pixels are made of are put together again for Pillow, and
what it makes of them is written anew. Pillow itself is loaded when the first picture is decoded.
"""
from collections.abc import Callable, Sequence

from talelio_backend.shared.data.machine import WORKER_BYTES, memory_bytes
from talelio_backend.shared.data.pictures.container import Container
from talelio_backend.shared.data.pictures.exif import upright_size
from talelio_backend.shared.data.pictures.gif import Gif
from talelio_backend.shared.data.pictures.jpeg import Jpeg
from talelio_backend.shared.data.pictures.memory import MemoryBudget
from talelio_backend.shared.data.pictures.png import Png
from talelio_backend.shared.data.pictures.webp import WebP
from talelio_backend.shared.services.images import (ImageBroken, ImageTooManyPixels,
                                                    ImageTypeNotSupported, Picture)

MOST_PIXELS = 40_000_000  # of one frame
MOST_PIXELS_OF_ALL_FRAMES = 200_000_000
# What a frame counts at the least: 140,000 frames of one pixel fit into 2 MiB, and setting up the
# codecs for each of them takes ten seconds together. So there are 2,000 at the most.
LEAST_PIXELS_OF_A_FRAME = 100_000
# What a process may spend on pictures at one time: the biggest one, and some for the encoder.
MEMORY = 4 * MOST_PIXELS + 64 * 1024 * 1024

_READERS: dict[str, Callable[[bytes], Container]] = {
    'JPEG': Jpeg.read,
    'PNG': Png.read,
    'GIF': Gif.read,
    'WEBP': WebP.read
}
_EXTENSIONS = {'JPEG': 'jpg', 'PNG': 'png', 'GIF': 'gif', 'WEBP': 'webp'}


class PillowImagePipeline:
    """Safe for threads: those that decode at one time share ``memory`` bytes, the others wait.
    A picture that needs more goes alone, and is refused where it needs more than ``most``: else
    a few kilobytes that unpack to a gigabyte would end the process."""

    def __init__(self, memory: int = MEMORY, most: int | None = None) -> None:
        self._budget = MemoryBudget(memory)
        self._most = memory_bytes() - WORKER_BYTES if most is None else most

    def check(self, content: bytes) -> None:
        self._read(content)

    def normalize(self, content: bytes) -> Picture:
        sent = self._read(content)
        if not sent.whole:
            raise ImageBroken()
        with self._budget.hold(sent.memory):
            made = sent.encode()
        stored = _READERS[sent.kind](made)
        return _picture(sent.kind, made, (stored.width, stored.height), stored.frames)

    def variants(self, content: bytes, widths: Sequence[int]) -> list[Picture]:
        """One that would be taller than the 16,383 pixels of WebP is left out."""
        original = self._read(content)
        if not original.whole:
            raise ImageBroken()
        sizes = _narrower(original, widths)
        if original.frames > 1 or not sizes:
            return []

        from talelio_backend.shared.data.pictures.thumbnails import room, thumbnails

        with self._budget.hold(original.memory):
            image = original.draw(room(sizes, original.orientation))
            made = thumbnails(image,
                              sizes,
                              orientation=original.orientation,
                              profile=original.profile)
            return [_picture('WEBP', encoded, size, 1) for size, encoded in made]

    def _read(self, content: bytes) -> Container:
        found = _READERS[_kind(content)](content)
        pixels = found.width * found.height
        counted = max(pixels, LEAST_PIXELS_OF_A_FRAME) * found.frames
        if pixels > MOST_PIXELS or counted > MOST_PIXELS_OF_ALL_FRAMES:
            raise ImageTooManyPixels()
        if found.memory > self._most:
            raise ImageTooManyPixels()
        return found


def _kind(content: bytes) -> str:
    """What its first bytes say; neither name nor declared type are asked."""
    if content.startswith(b'\xff\xd8\xff'):
        return 'JPEG'
    if content.startswith(b'\x89PNG\r\n\x1a\n'):
        return 'PNG'
    if content.startswith((b'GIF87a', b'GIF89a')):
        return 'GIF'
    if content.startswith(b'RIFF') and content[8:12] == b'WEBP':
        return 'WEBP'
    raise ImageTypeNotSupported()


def _picture(kind: str, content: bytes, size: tuple[int, int], frames: int) -> Picture:
    return Picture(content=content,
                   content_type=f'image/{kind.lower()}',
                   extension=_EXTENSIONS[kind],
                   width=size[0],
                   height=size[1],
                   frames=frames)


def _narrower(original: Container, widths: Sequence[int]) -> list[tuple[int, int]]:
    width, height = upright_size((original.width, original.height), original.orientation)
    return [(wanted, max(1, round(height * wanted / width))) for wanted in widths
            if wanted < width]
