"""Pictures made by the tests themselves."""
import struct
import zlib
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from PIL import Image, ImageChops, ImageStat

ORIENTATION = 0x0112


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def photograph(size: tuple[int, int] = (61, 43)) -> Image.Image:
    """Smooth colours, different in each corner, so that no turn goes unnoticed."""
    across = Image.linear_gradient('L').transpose(Image.Transpose.ROTATE_90).resize(size)
    down = Image.linear_gradient('L').resize(size)
    return Image.merge('RGB', (across, down, ImageChops.multiply(across, down)))


def drawing(size: tuple[int, int] = (61, 43), colors: int = 8) -> Image.Image:
    return photograph(size).quantize(colors)


def moving(count: int, size: tuple[int, int] = (64, 48)) -> list[Image.Image]:
    """Frames of a square that walks over a photograph."""
    frames = [photograph(size) for _ in range(count)]
    for number, frame in enumerate(frames):
        frame.paste((250, 5, 5), (4 * number, 2 * number, 4 * number + 12, 2 * number + 12))
    return frames


def animated(kind: str, frames: Sequence[Image.Image], **options: Any) -> bytes:
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of the worst channel, 0 to 255."""
    assert one.size == other.size
    pair = [each.convert('RGBA') for each in (one, other)]
    return max(ImageStat.Stat(ImageChops.difference(*pair)).mean)


def with_orientation(image: Image.Image, kind: str, orientation: int, **options: Any) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return encoded(image, kind, exif=exif, **options)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack('>I', len(body)) + name + body + struct.pack('>I', zlib.crc32(name + body))


def png(*chunks: bytes,
        size: tuple[int, int] = (1, 1),
        depth: int = 8,
        color_type: int = 0,
        interlaced: int = 0) -> bytes:
    header = struct.pack('>IIBBBBB', *size, depth, color_type, 0, 0, interlaced)
    return b''.join([
        b'\x89PNG\r\n\x1a\n',
        chunk(b'IHDR', header), *(chunks or (chunk(b'IDAT', zlib.compress(b'\0\0')), )),
        chunk(b'IEND', b'')
    ])


def png_with(content: bytes, *chunks: bytes) -> bytes:
    """The same PNG with more ``chunks`` behind its header."""
    return content[:33] + b''.join(chunks) + content[33:]


def chunk_names(content: bytes) -> list[bytes]:
    """Of a PNG, or of a WebP below its RIFF."""
    names, is_png = [], content.startswith(b'\x89PNG')
    position = 8 if is_png else 12
    while position < len(content):
        if is_png:
            length, name = struct.unpack_from('>I4s', content, position)
            position += 12 + length
        else:
            name, length = struct.unpack_from('<4sI', content, position)
            position += 8 + length + length % 2
        names.append(name)
    return names


def gif(*frames: bytes, size: tuple[int, int] = (1, 1), end: bytes = b';') -> bytes:
    """Four greys, and ``frames`` as `gif_frame` makes them."""
    head = b'GIF89a' + struct.pack('<HHBBB', *size, 0x81, 0, 0)
    return b''.join(
        [head,
         bytes(value for grey in (0, 80, 160, 240) for value in [grey] * 3), *frames, end])


def gif_frame(place: tuple[int, int, int, int] = (0, 0, 1, 1)) -> bytes:
    """One black pixel; a bigger ``place`` is a frame that is cut short."""
    return b',' + struct.pack('<HHHHB', *place, 0) + b'\x02\x02\x44\x01\0'


def jpeg_with(content: bytes, marker: int, body: bytes) -> bytes:
    """The same JPEG with one more segment at its beginning."""
    return content[:2] + struct.pack('>BBH', 0xFF, marker, len(body) + 2) + body + content[2:]
