"""PNG and APNG. Only the chunks that pixels are made of reach the decoder: text, which may unpack
to a thousand times its size, never does. Frames are coded one by one as they stand in the file,
with place and timing, so that none is merged with another."""
import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from talelio_backend.shared.data.pictures.deflate import unpack, unpacks_to
from talelio_backend.shared.data.pictures.exif import (UPRIGHT, orientation, upright_corner,
                                                       upright_size)
from talelio_backend.shared.data.pictures.png_chunks import (COLOR, GREY, PALETTE, SIGNATURE,
                                                             Damaged, Header, chunk, chunks)
from talelio_backend.shared.services.images import ImageBroken

if TYPE_CHECKING:
    from PIL.Image import Image

_CONTROL = struct.Struct('>IIIIIHHBB')
_PLAYS = struct.Struct('>II')
_LONGEST_PROFILE = 4 * 1024 * 1024  # unpacked; those of printing presses have 2 MiB
# How the numbers are to be seen; each of these has one length.
_COLORS = {b'cICP': 4, b'cHRM': 32, b'gAMA': 4, b'sRGB': 1}


@dataclass(slots=True)
class Frame:
    left: int
    top: int
    width: int
    height: int
    timing: tuple[int, int, int, int]  # delay as a fraction of a second, disposal, blending
    data: list[bytes] = field(default_factory=list)


@dataclass(kw_only=True)
class Png:
    header: Header
    palette: bytes = b''
    transparency: bytes = b''
    colors: dict[bytes, bytes] = field(default_factory=dict)
    packed_profile: bytes = b''
    data: list[bytes] = field(default_factory=list)
    all_frames: list[Frame] = field(default_factory=list)
    declared_frames: int = 0
    plays: int = 0
    orientation: int = UPRIGHT
    whole: bool = False
    kind: str = field(default='PNG', init=False)

    @classmethod
    def read(cls, content: bytes) -> 'Png':
        """Raises ImageBroken where the header is cut off or says what no header may."""
        png = cls(header=Header.read(content))
        try:
            for name, body in chunks(content):
                png._take(name, body)
            png.whole = png._fits()
        except (Damaged, struct.error, IndexError):
            pass  # what was read so far stands, and `whole` stays False
        return png

    @property
    def width(self) -> int:
        return self.header.width

    @property
    def height(self) -> int:
        return self.header.height

    @property
    def frames(self) -> int:
        return max(1, self.declared_frames, len(self.all_frames))

    @property
    def memory(self) -> int:
        pictures = 1 if self.orientation == UPRIGHT else 2
        return 4 * pictures * self.width * self.height

    @property
    def profile(self) -> bytes:
        name, _, rest = self.packed_profile.partition(b'\0')
        if not name:
            return b''
        try:
            return unpack(rest[1:], _LONGEST_PROFILE)
        except zlib.error as error:
            raise ImageBroken() from error

    def draw(self, _room: tuple[int, int] | None = None, /) -> 'Image':
        return self._decode(self.header, self.data)

    def encode(self) -> bytes:
        from talelio_backend.shared.data.pictures import codec

        profile = self.profile
        first = _encoded(codec.upright(self.draw(), self.orientation))
        parts = [SIGNATURE, first.header.pack()]
        if profile:
            parts.append(chunk(b'iCCP', b'ICC profile\0\0', zlib.compress(profile)))
        else:  # each of the others is no more than a hint beside a profile
            parts += [chunk(name, body) for name, body in self.colors.items()]
        if self.all_frames:
            parts.append(chunk(b'acTL', _PLAYS.pack(len(self.all_frames), self.plays)))
        if first.palette:
            parts.append(chunk(b'PLTE', first.palette))
        if first.transparency:
            parts.append(chunk(b'tRNS', first.transparency))
        return b''.join([*parts, *self._pictures(first), chunk(b'IEND')])

    def _pictures(self, first: 'Png') -> list[bytes]:
        from talelio_backend.shared.data.pictures import codec

        if not self.all_frames:
            return [chunk(b'IDAT', *first.data)]
        parts, number = [], 0
        if self.all_frames[0].data:  # the picture for those who show no animation is none of it
            parts.append(chunk(b'IDAT', *first.data))
        for frame in self.all_frames:
            size = upright_size((frame.width, frame.height), self.orientation)
            corner = upright_corner((self.width, self.height), frame.left, frame.top,
                                    (frame.width, frame.height), self.orientation)
            parts.append(chunk(b'fcTL', _CONTROL.pack(number, *size, *corner, *frame.timing)))
            number += 1
            if not frame.data:
                parts.append(chunk(b'IDAT', *first.data))
                continue
            header = self.header.sized(frame.width, frame.height)
            drawn = self._decode(header, frame.data)
            encoded = _encoded(codec.upright(drawn, self.orientation))
            if encoded.header != first.header.sized(*size):
                raise ImageBroken()
            parts.append(chunk(b'fdAT', number.to_bytes(4, 'big'), *encoded.data))
            number += 1
        return parts

    def _decode(self, header: Header, data: list[bytes]) -> 'Image':
        from talelio_backend.shared.data.pictures import codec

        packed = b''.join(data)
        # Pillow takes a stream that ends early, but soundly, for a picture with black rows.
        if not unpacks_to(packed, header.unpacked_length()):
            raise ImageBroken()
        parts = [SIGNATURE, header.pack()]
        if self.palette:
            parts.append(chunk(b'PLTE', self.palette))
        if self.transparency:
            parts.append(chunk(b'tRNS', self.transparency))
        parts += [chunk(b'IDAT', packed), chunk(b'IEND')]
        image = codec.load(b''.join(parts), 'PNG')
        if 'transparency' in image.info:
            image.info['transparency'] = self._transparent(image.info['transparency'])
        return image

    def _transparent(self, value: int | bytes | tuple[int, ...]) -> int | bytes | tuple[int, ...]:
        """The colour in the numbers of the decoded picture, which has eight bits per channel
        where the file may have had two, four, or sixteen: Pillow leaves it as it was."""
        depth = self.header.depth
        if isinstance(value, int) and self.header.color_type == GREY and depth in (2, 4):
            return value * 255 // ((1 << depth) - 1)
        if isinstance(value, tuple) and self.header.color_type == COLOR and depth == 16:
            return tuple(channel >> 8 for channel in value)
        return value

    def _take(self, name: bytes, body: bytes) -> None:
        if name == b'IDAT':
            self.data.append(body)
        elif name == b'fdAT' and self.declared_frames:
            self.all_frames[-1].data.append(body[4:])
        elif name == b'fcTL' and self.declared_frames:
            _, width, height, left, top, *timing = _CONTROL.unpack(body)
            delay, parts, disposal, blending = timing
            self.all_frames.append(
                Frame(left, top, width, height, (delay, parts, disposal, blending)))
        elif name == b'acTL' and not self.data:
            self.declared_frames, self.plays = _PLAYS.unpack(body)
        elif name == b'PLTE':
            self.palette = body
        elif name == b'tRNS':
            self.transparency = body
        elif name == b'iCCP':
            self.packed_profile = body
        elif name == b'eXIf':
            self.orientation = orientation(body)
        elif len(body) == _COLORS.get(name, -1):
            self.colors[name] = body

    def _fits(self) -> bool:
        """Whether every frame is there, has pixels, and lies on the canvas."""
        if not self.data or (self.header.color_type == PALETTE and not self.palette):
            return False
        return len(self.all_frames) == self.declared_frames and all(
            frame.width * frame.height and frame.left + frame.width <= self.width and frame.top +
            frame.height <= self.height
            for frame in self.all_frames) and all(frame.data or (
                number == 0 and self.header == self.header.sized(frame.width, frame.height))
                                                  for number, frame in enumerate(self.all_frames))


def _encoded(image: 'Image') -> Png:
    from talelio_backend.shared.data.pictures import codec

    return Png.read(codec.save(image, 'PNG'))
