"""GIF89a, section by section. Frames are decoded and encoded one by one as they stand in the
file, with their place, their colours and their timing, so that none is merged or requantized."""
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from talelio_backend.shared.data.pictures.exif import UPRIGHT
from talelio_backend.shared.services.images import ImageBroken

if TYPE_CHECKING:
    from PIL.Image import Image

_SCREEN = struct.Struct('<6sHHBBB')
_IMAGE = struct.Struct('<HHHHB')
_CONTROL = struct.Struct('<BHB')
_EXTENSION, _PICTURE, _END = b'!', b',', b';'
_CONTROL_LABEL, _APPLICATION_LABEL = 0xF9, 0xFF
_LOOPS = frozenset({b'NETSCAPE2.0', b'ANIMEXTS1.0'})
_PROFILE = b'ICCRGBG1012'
_TABLE, _INTERLACED, _TABLE_SIZE = 0x80, 0x40, 0x07
_DISPOSAL_AND_TRANSPARENCY = 0x1D
_WIDEST = 0xFFFF  # what a header can say


@dataclass(frozen=True, slots=True)
class Frame:
    left: int
    top: int
    width: int
    height: int
    interlaced: bool
    colors: bytes  # its own table, or nothing
    control: bytes  # the body of its graphic control extension, or nothing
    pixels: bytes  # code size and sub-blocks


@dataclass(kw_only=True)
class Gif:
    width: int
    height: int
    colors: bytes
    background: int
    all_frames: list[Frame] = field(default_factory=list)
    loop: bytes = b''
    profile: bytes = b''
    whole: bool = False
    kind: str = field(default='GIF', init=False)
    orientation: int = field(default=UPRIGHT, init=False)

    @classmethod
    def read(cls, content: bytes) -> 'Gif':
        """Raises ImageBroken where the header is cut off."""
        if len(content) < _SCREEN.size:
            raise ImageBroken()
        _, width, height, flags, background, _ = _SCREEN.unpack_from(content)
        end = _SCREEN.size + _table_length(flags)
        gif = cls(width=width,
                  height=height,
                  colors=content[_SCREEN.size:end],
                  background=background)
        try:
            gif._read_blocks(content, end)
        except (struct.error, IndexError):
            pass  # cut off: what was read so far stands, and `whole` stays False
        if not gif.width * gif.height:
            raise ImageBroken()
        return gif

    @property
    def frames(self) -> int:
        return max(1, len(self.all_frames))

    @property
    def memory(self) -> int:
        return 2 * self.width * self.height

    def draw(self, _room: tuple[int, int] | None = None, /) -> 'Image':
        from talelio_backend.shared.data.pictures import codec

        first = self.all_frames[0]
        screen = self._screen()
        if first.control:
            screen += _section(first.control, _CONTROL_LABEL)
        return codec.load(screen + _picture(first, first.pixels, first.interlaced) + _END, 'GIF')

    def encode(self) -> bytes:
        parts = [self._screen()]
        if self.loop:
            parts.append(_section(b'NETSCAPE2.0', _APPLICATION_LABEL, self.loop))
        if self.profile:
            parts.append(_section(_PROFILE, _APPLICATION_LABEL, self.profile))
        for frame in self.all_frames:
            if frame.control:
                parts.append(_section(frame.control, _CONTROL_LABEL))
            parts.append(_picture(frame, _encode(frame), False))
        return b''.join([*parts, _END])

    def _screen(self) -> bytes:
        flags = 0x70 | _table_flags(self.colors)
        return _SCREEN.pack(b'GIF89a', self.width, self.height, flags, self.background,
                            0) + self.colors

    def _read_blocks(self, content: bytes, start: int) -> None:
        control, position = b'', start
        while content[position] != _END[0]:
            if content[position] == _EXTENSION[0]:
                label = content[position + 1]
                body, position = _sub_blocks(content, position + 2)
                if label == _CONTROL_LABEL:
                    control = _clean(body[0])
                elif label == _APPLICATION_LABEL:
                    self._note(body)
            elif content[position] == _PICTURE[0]:
                position = self._read_frame(content, position + 1, control)
                control = b''
            else:
                return
        self.whole = bool(self.all_frames) and max(self.width, self.height) <= _WIDEST

    def _read_frame(self, content: bytes, start: int, control: bytes) -> int:
        left, top, width, height, flags = _IMAGE.unpack_from(content, start)
        table = start + _IMAGE.size
        pixels = table + _table_length(flags)
        # Browsers and Pillow let a frame widen the screen; the limit is for what they draw.
        self.width, self.height = max(self.width, left + width), max(self.height, top + height)
        _, end = _sub_blocks(content, pixels + 1)
        if not width * height:
            raise struct.error('a frame without pixels')
        self.all_frames.append(
            Frame(left, top, width, height, bool(flags & _INTERLACED), content[table:pixels],
                  control, content[pixels:end]))
        return end

    def _note(self, body: list[bytes]) -> None:
        if body[0] in _LOOPS and len(body[1]) == 3 and body[1][0] == 1:
            self.loop = body[1]
        elif body[0] == _PROFILE:
            self.profile = b''.join(body[1:])


def _clean(control: bytes) -> bytes:
    flags, delay, transparent = _CONTROL.unpack_from(control)
    return _CONTROL.pack(flags & _DISPOSAL_AND_TRANSPARENCY, delay, transparent)


def _encode(frame: Frame) -> bytes:
    from PIL import GifImagePlugin

    from talelio_backend.shared.data.pictures import codec

    # A screen of just this size, and any colours: only the numbers of the colours matter here.
    # Were they a ramp of greys, Pillow would make them values.
    colors = bytes(768)
    screen = _SCREEN.pack(b'GIF89a', frame.width, frame.height, 0x70 | _table_flags(colors), 0, 0)
    alone = Frame(0, 0, frame.width, frame.height, frame.interlaced, b'', b'', frame.pixels)
    image = codec.load(screen + colors + _picture(alone, frame.pixels, frame.interlaced) + _END,
                       'GIF')
    return b''.join(GifImagePlugin.getdata(image))[1 + _IMAGE.size:]


def _picture(frame: Frame, pixels: bytes, interlaced: bool) -> bytes:
    flags = _table_flags(frame.colors) | (_INTERLACED if interlaced else 0)
    place = _IMAGE.pack(frame.left, frame.top, frame.width, frame.height, flags)
    return _PICTURE + place + frame.colors + pixels


def _section(head: bytes, label: int, body: bytes = b'') -> bytes:
    blocks = [head, *(body[start:start + 255] for start in range(0, len(body), 255))]
    return _EXTENSION + bytes([label]) + b''.join(bytes([len(block)]) + block
                                                  for block in blocks) + b'\0'


def _sub_blocks(content: bytes, position: int) -> tuple[list[bytes], int]:
    blocks = []
    while size := content[position]:
        blocks.append(content[position + 1:position + 1 + size])
        position += 1 + size
    return blocks, position + 1


def _table_length(flags: int) -> int:
    return 3 * (2 << (flags & _TABLE_SIZE)) if flags & _TABLE else 0


def _table_flags(colors: bytes) -> int:
    return _TABLE | (len(colors) // 3).bit_length() - 2 if colors else 0
