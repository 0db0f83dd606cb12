"""The parts that a WebP is made of (RFC 9649)."""
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

Pixels = list[tuple[bytes, bytes]]  # the chunks of one picture, each with its name

LOSSY, LOSSLESS, ALPHA = b'VP8 ', b'VP8L', b'ALPH'
_NAME_AND_LENGTH = struct.Struct('<4sI')
_HAS_PROFILE, _HAS_ALPHA, _IS_ANIMATED = 0x20, 0x10, 0x02
_CLEARS, _REPLACES = 0x01, 0x02  # among the bits that follow a frame's duration


@dataclass(frozen=True, slots=True)
class Frame:
    place: bytes  # left, top, width, height as the file has them, 12 bytes
    timing: bytes  # milliseconds (3 bytes), blending and disposal
    pixels: Pixels

    @property
    def size(self) -> tuple[int, int]:
        return whole(self.place, 6) + 1, whole(self.place, 9) + 1

    @property
    def corner(self) -> tuple[int, int]:
        return 2 * whole(self.place, 0), 2 * whole(self.place, 3)

    @property
    def blends(self) -> bool:
        """Whether what lies below shows through."""
        return not self.timing[3] & _REPLACES

    @property
    def clears(self) -> bool:
        """Whether its place is empty before the next frame."""
        return bool(self.timing[3] & _CLEARS)

    def alone(self, size: tuple[int, int]) -> Self:
        """A frame as long as this one that covers a canvas of ``size``."""
        place = bytes(6) + b''.join(map(_side, size))
        return type(self)(place, self.timing[:3] + bytes([_REPLACES]), self.pixels)

    def write(self, pixels: Pixels) -> bytes:
        return chunk(b'ANMF', self.place + self.timing + b''.join(chunk(*each) for each in pixels))


def whole(data: bytes, start: int) -> int:
    return int.from_bytes(data[start:start + 3], 'little')


def _side(length: int) -> bytes:
    return (length - 1).to_bytes(3, 'little')


def canvas(content: bytes) -> tuple[int, int]:
    name, body = content[:4], content[8:]
    if name == b'VP8X':
        if len(body) < 10:
            raise IndexError
        return whole(body, 4) + 1, whole(body, 7) + 1
    return _size([(name, body)])


def _size(pixels: Pixels) -> tuple[int, int]:
    """What the stream of pixels itself says of its size."""
    name, body = pixels[-1]
    if name == LOSSY and body[3:6] == b'\x9d\x01\x2a':
        width, height = struct.unpack_from('<HH', body, 6)
        return width & 0x3FFF, height & 0x3FFF
    if name == LOSSLESS and body[0] == 0x2F:
        bits, = struct.unpack_from('<I', body, 1)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise IndexError


def is_picture(pixels: Pixels, size: tuple[int, int]) -> bool:
    names = [name for name, _ in pixels]
    return names in ([LOSSY], [LOSSLESS], [ALPHA, LOSSY]) and _size(pixels) == size


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 0
    while position < len(content):
        name, length = _NAME_AND_LENGTH.unpack_from(content, position)
        start = position + _NAME_AND_LENGTH.size
        if start + length > len(content):
            raise IndexError
        yield name, content[start:start + length]
        position = start + length + length % 2


def chunk(name: bytes, body: bytes) -> bytes:
    return _NAME_AND_LENGTH.pack(name, len(body)) + body + b'\0' * (len(body) % 2)


def file(size: tuple[int, int],
         pixels: Pixels,
         parts: list[bytes] | None = None,
         *,
         profile: bytes = b'') -> bytes:
    """A file of one picture; with ``parts``, the chunks of an animation, whose ``pixels`` only say
    whether anything is transparent."""
    flags = (_HAS_PROFILE * bool(profile) | _IS_ANIMATED * bool(parts)
             | _HAS_ALPHA * any(_is_transparent(*each) for each in pixels))
    parts = parts or [chunk(*each) for each in pixels]
    if flags or len(parts) > 1:
        extended = chunk(b'VP8X', bytes([flags, 0, 0, 0]) + b''.join(map(_side, size)))
        parts = [extended, *([chunk(b'ICCP', profile)] if profile else []), *parts]
    content = b'WEBP' + b''.join(parts)
    return b'RIFF' + len(content).to_bytes(4, 'little') + content


def _is_transparent(name: bytes, body: bytes) -> bool:
    return name == ALPHA or (name == LOSSLESS and bool(body[4] & 0x10))
