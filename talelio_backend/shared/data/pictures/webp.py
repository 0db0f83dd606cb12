"""WebP, chunk by chunk (RFC 9649). Frames are coded one by one as they stand in the file, with
place and timing: Pillow's own writer of animations merges those that look alike."""
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from talelio_backend.shared.data.pictures.exif import UPRIGHT, orientation
from talelio_backend.shared.services.images import ImageBroken

if TYPE_CHECKING:
    from PIL.Image import Image

_NAME_AND_LENGTH = struct.Struct('<4sI')
_HAS_PROFILE, _HAS_ALPHA, _IS_ANIMATED = 0x20, 0x10, 0x02
_LOSSY, _LOSSLESS, _ALPHA = b'VP8 ', b'VP8L', b'ALPH'
_QUALITY = 85  # no loss can be seen; 90 makes half as much more of the usual 80
# Of 0 to 6: twice as fast as the default for files that are 3 % bigger, measured on photographs.
_EFFORT = 2
_MOST_EFFORT = 6


@dataclass(frozen=True, slots=True)
class Frame:
    place: bytes  # left, top, width, height as the file has them, 12 bytes
    timing: bytes  # milliseconds (3 bytes), blending and disposal
    pixels: list[tuple[bytes, bytes]]

    @property
    def size(self) -> tuple[int, int]:
        return _whole(self.place, 6) + 1, _whole(self.place, 9) + 1


@dataclass(kw_only=True)
class WebP:
    width: int
    height: int
    pixels: list[tuple[bytes, bytes]] = field(default_factory=list)
    all_frames: list[Frame] = field(default_factory=list)
    animation: bytes = b''
    profile: bytes = b''
    orientation: int = UPRIGHT
    whole: bool = False
    kind: str = field(default='WEBP', init=False)

    @classmethod
    def read(cls, content: bytes) -> 'WebP':
        """Raises ImageBroken where the header is cut off or unknown."""
        try:
            width, height = _canvas(content[12:])
        except (struct.error, IndexError) as error:
            raise ImageBroken() from error
        if not width * height:
            raise ImageBroken()
        webp = cls(width=width, height=height)
        end = 8 + int.from_bytes(content[4:8], 'little')
        try:
            for name, body in _chunks(content[12:end]):
                webp._take(name, body)
            webp.whole = end <= len(content) and webp._fits()
        except (struct.error, IndexError):
            pass  # what was read so far stands, and `whole` stays False
        return webp

    @property
    def frames(self) -> int:
        return max(1, len(self.all_frames))

    @property
    def memory(self) -> int:
        # Measured. The one decoder that Pillow has is that of animations, with two canvases more.
        lossless = any(name == _LOSSLESS for name, _ in self.pixels)
        return (26 if lossless else 16) * self.width * self.height

    def draw(self, _room: tuple[int, int] | None = None, /) -> 'Image':
        return _decode(self.pixels, (self.width, self.height))

    def encode(self) -> bytes:
        from talelio_backend.shared.data.pictures import codec

        if not self.all_frames:
            image = codec.upright(self.draw(), self.orientation)
            size, pixels = image.size, _encode(image, self.pixels)
            return _file(size, pixels, [_chunk(*each) for each in pixels], profile=self.profile)
        frames, everything = [], []
        for frame in self.all_frames:
            pixels = _encode(_decode(frame.pixels, frame.size), frame.pixels)
            everything += pixels
            body = b''.join(_chunk(*each) for each in pixels)
            frames.append(_chunk(b'ANMF', frame.place + frame.timing + body))
        return _file((self.width, self.height),
                     everything, [_chunk(b'ANIM', self.animation), *frames],
                     profile=self.profile,
                     animated=True)

    def _take(self, name: bytes, body: bytes) -> None:
        if name == b'ANMF':
            place, timing, frame = body[:12], body[12:16], body[16:]
            pixels = [(part, data) for part, data in _chunks(frame)
                      if part in (_LOSSY, _LOSSLESS, _ALPHA)]
            self.all_frames.append(Frame(place, timing, pixels))
        elif name in (_LOSSY, _LOSSLESS, _ALPHA):
            self.pixels.append((name, body))
        elif name == b'ANIM':
            self.animation = body[:6]
        elif name == b'ICCP':
            self.profile = body
        elif name == b'EXIF':
            self.orientation = orientation(body.removeprefix(b'Exif\0\0'))

    def _fits(self) -> bool:
        if not self.animation:
            return not self.all_frames and _is_picture(self.pixels, (self.width, self.height))
        return bool(self.all_frames) and len(self.animation) == 6 and all(
            _is_picture(frame.pixels, frame.size) and 2 * _whole(frame.place, 0) +
            frame.size[0] <= self.width and 2 * _whole(frame.place, 3) +
            frame.size[1] <= self.height for frame in self.all_frames)


def _whole(data: bytes, start: int) -> int:
    return int.from_bytes(data[start:start + 3], 'little')


def _canvas(content: bytes) -> tuple[int, int]:
    name, body = content[:4], content[8:]
    if name == b'VP8X':
        if len(body) < 10:
            raise IndexError
        return _whole(body, 4) + 1, _whole(body, 7) + 1
    return _size([(name, body)])


def _size(pixels: list[tuple[bytes, bytes]]) -> tuple[int, int]:
    """What the stream of pixels itself says of its size."""
    name, body = pixels[-1]
    if name == _LOSSY and body[3:6] == b'\x9d\x01\x2a':
        width, height = struct.unpack_from('<HH', body, 6)
        return width & 0x3FFF, height & 0x3FFF
    if name == _LOSSLESS and body[0] == 0x2F:
        bits, = struct.unpack_from('<I', body, 1)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise IndexError


def _is_picture(pixels: list[tuple[bytes, bytes]], size: tuple[int, int]) -> bool:
    return [name for name, _ in pixels] in ([_LOSSY], [_LOSSLESS], [_ALPHA, _LOSSY
                                                                    ]) and _size(pixels) == size


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 0
    while position < len(content):
        name, length = _NAME_AND_LENGTH.unpack_from(content, position)
        start = position + _NAME_AND_LENGTH.size
        if start + length > len(content):
            raise IndexError
        yield name, content[start:start + length]
        position = start + length + length % 2


def _chunk(name: bytes, body: bytes) -> bytes:
    return _NAME_AND_LENGTH.pack(name, len(body)) + body + b'\0' * (len(body) % 2)


def _file(size: tuple[int, int],
          pixels: list[tuple[bytes, bytes]],
          parts: list[bytes],
          *,
          profile: bytes = b'',
          animated: bool = False) -> bytes:
    flags = (_HAS_PROFILE * bool(profile) | _IS_ANIMATED * animated
             | _HAS_ALPHA * any(_is_transparent(*each) for each in pixels))
    if flags or len(parts) > 1:
        width, height = ((side - 1).to_bytes(3, 'little') for side in size)
        extended = _chunk(b'VP8X', bytes([flags, 0, 0, 0]) + width + height)
        parts = [extended, *([_chunk(b'ICCP', profile)] if profile else []), *parts]
    content = b'WEBP' + b''.join(parts)
    return b'RIFF' + len(content).to_bytes(4, 'little') + content


def _is_transparent(name: bytes, body: bytes) -> bool:
    return name == _ALPHA or (name == _LOSSLESS and bool(body[4] & 0x10))


def _decode(pixels: list[tuple[bytes, bytes]], size: tuple[int, int]) -> 'Image':
    from talelio_backend.shared.data.pictures import codec

    return codec.load(_file(size, pixels, [_chunk(*each) for each in pixels]), 'WEBP')


def _encode(image: 'Image', like: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    from talelio_backend.shared.data.pictures import codec

    lossless = like[-1][0] == _LOSSLESS
    try:
        made = codec.save(image, 'WEBP', lossless=lossless, quality=_QUALITY, method=_EFFORT)
    except ImageBroken:
        # A lossy file has 512 KiB for how its blocks are predicted; more effort needs less.
        made = codec.save(image, 'WEBP', lossless=lossless, quality=_QUALITY, method=_MOST_EFFORT)
    return WebP.read(made).pixels
