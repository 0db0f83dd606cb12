"""WebP, chunk by chunk. Frames are coded one by one as they stand in the file, with place and
timing: Pillow's own writer of animations merges those that look alike."""
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from talelio_backend.shared.data.pictures.exif import UPRIGHT, orientation, upright_size
from talelio_backend.shared.data.pictures.webp_chunks import (ALPHA, LOSSLESS, LOSSY, Frame,
                                                              Pixels, canvas, chunk, chunks, file,
                                                              is_picture)
from talelio_backend.shared.services.images import ImageBroken

if TYPE_CHECKING:
    from PIL.Image import Image

_QUALITY = 85  # no loss can be seen; 90 makes half as much more of the usual 80
# Of 0 to 6: twice as fast as the default for files that are 3 % bigger, measured on photographs.
_EFFORT = 2
_MOST_EFFORT = 6
# Lossless pictures of more pixels are compressed as well as 20 of 100 allows: in half the memory
# and half the time, to files that are 5 to 30 % bigger.
_BIG, _QUALITY_OF_BIG = 8_000_000, 20


@dataclass(kw_only=True)
class WebP:
    width: int
    height: int
    pixels: Pixels = field(default_factory=list)
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
            width, height = canvas(content[12:])
        except (struct.error, IndexError) as error:
            raise ImageBroken() from error
        if not width * height:
            raise ImageBroken()
        webp = cls(width=width, height=height)
        end = 8 + int.from_bytes(content[4:8], 'little')
        try:
            for name, body in chunks(content[12:end]):
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
        # Measured. The one decoder that Pillow has is that of animations, with two canvases more;
        # what compresses without loss takes more than it.
        pixels, of_each = self.width * self.height, 12
        pictures = (self.pixels, *(frame.pixels for frame in self.all_frames))
        if any(name == LOSSLESS for picture in pictures for name, _ in picture):
            of_each = 17 if pixels > _BIG else 27
        if self.all_frames and self.orientation != UPRIGHT:
            of_each += 12
        return of_each * pixels

    def draw(self, _room: tuple[int, int] | None = None, /) -> 'Image':
        return _decode(self.pixels, (self.width, self.height))

    def encode(self) -> bytes:
        from talelio_backend.shared.data.pictures import codec

        if not self.all_frames:
            image = codec.upright(self.draw(), self.orientation)
            return file(image.size, _encode(image, self.pixels), profile=self.profile)
        frames, everything = [], []
        for frame, image in self._upright_frames():
            pixels = _encode(image, frame.pixels)
            everything += pixels
            frames.append(frame.write(pixels))
        return file(upright_size((self.width, self.height), self.orientation),
                    everything, [chunk(b'ANIM', self.animation), *frames],
                    profile=self.profile)

    def _upright_frames(self) -> Iterator[tuple[Frame, 'Image']]:
        """A frame begins at an even column and row. Turned it might not, so then each is given as
        what the whole canvas shows."""
        from PIL import Image

        from talelio_backend.shared.data.pictures import codec

        if self.orientation == UPRIGHT:
            yield from ((frame, _decode(frame.pixels, frame.size)) for frame in self.all_frames)
            return
        size = upright_size((self.width, self.height), self.orientation)
        shown = Image.new('RGBA', (self.width, self.height))
        for frame in self.all_frames:
            picture = _decode(frame.pixels, frame.size).convert('RGBA')
            if frame.blends:
                shown.alpha_composite(picture, frame.corner)
            else:
                shown.paste(picture, frame.corner)
            yield frame.alone(size), codec.upright(shown, self.orientation)
            if frame.clears:
                shown.paste(Image.new('RGBA', frame.size), frame.corner)

    def _take(self, name: bytes, body: bytes) -> None:
        if name == b'ANMF':
            place, timing, frame = body[:12], body[12:16], body[16:]
            pixels = [(part, data) for part, data in chunks(frame)
                      if part in (LOSSY, LOSSLESS, ALPHA)]
            self.all_frames.append(Frame(place, timing, pixels))
        elif name in (LOSSY, LOSSLESS, ALPHA):
            self.pixels.append((name, body))
        elif name == b'ANIM':
            self.animation = body[:6]
        elif name == b'ICCP':
            self.profile = body
        elif name == b'EXIF':
            self.orientation = orientation(body.removeprefix(b'Exif\0\0'))

    def _fits(self) -> bool:
        if not self.animation:
            return not self.all_frames and is_picture(self.pixels, (self.width, self.height))
        return bool(self.all_frames) and len(self.animation) == 6 and all(
            is_picture(frame.pixels, frame.size) and frame.corner[0] +
            frame.size[0] <= self.width and frame.corner[1] + frame.size[1] <= self.height
            for frame in self.all_frames)


def _decode(pixels: Pixels, size: tuple[int, int]) -> 'Image':
    from talelio_backend.shared.data.pictures import codec

    return codec.load(file(size, pixels), 'WEBP')


def _encode(image: 'Image', like: Pixels) -> Pixels:
    from talelio_backend.shared.data.pictures import codec

    if like[-1][0] == LOSSLESS:
        quality = _QUALITY_OF_BIG if image.width * image.height > _BIG else _QUALITY
        return WebP.read(codec.save(image, 'WEBP', lossless=True, quality=quality,
                                    method=_EFFORT)).pixels
    try:
        made = codec.save(image, 'WEBP', quality=_QUALITY, method=_EFFORT)
    except ImageBroken:
        # A lossy file has 512 KiB for how its blocks are predicted; more effort needs less.
        made = codec.save(image, 'WEBP', quality=_QUALITY, method=_MOST_EFFORT)
    return WebP.read(made).pixels
