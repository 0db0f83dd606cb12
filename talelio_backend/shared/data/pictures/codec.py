"""Pillow, as far as this package wants it: four decoders, four encoders, no guessing."""
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from PIL import GifImagePlugin, Image, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from talelio_backend.shared.data.pictures.exif import UPRIGHT, is_on_its_side, upright_size
from talelio_backend.shared.services.images import ImageBroken, ImageTooManyPixels

# Named one by one: Image.open would load every plugin that Pillow has to look at a broken file.
_DECODERS: dict[str, Callable[[BytesIO], ImageFile.ImageFile]] = {
    'GIF': GifImagePlugin.GifImageFile,
    'JPEG': JpegImagePlugin.JpegImageFile,
    'PNG': PngImagePlugin.PngImageFile,
    'WEBP': WebPImagePlugin.WebPImageFile
}

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90
}
_FROM_THE_END = frozenset({3, 4, 7, 8})  # whose first upright row is the last one stored


@contextmanager
def broken_when_refused() -> Iterator[None]:
    """Raises ImageBroken in place of the many errors that the codecs have for bad data."""
    try:
        yield
    except Image.DecompressionBombError as error:
        raise ImageTooManyPixels() from error
    except (OSError, EOFError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError,
            AttributeError, struct.error, zlib.error) as error:
        raise ImageBroken() from error


def load(stream: bytes, kind: str, room: tuple[int, int] | None = None) -> Image.Image:
    """The picture in ``stream``, decoded whole, without anything that stood beside its pixels
    but what is transparent. Raises ImageBroken."""
    with broken_when_refused(), _DECODERS[kind](BytesIO(stream)) as image:
        if kind == 'WEBP':
            return _only_frame(image)
        if room is not None:
            image.draft(None, room)
        image.load()
        image.info = {key: image.info[key] for key in ('transparency', ) if key in image.info}
        return image


def _only_frame(image: Any) -> Image.Image:
    """Pillow's decoder of WebP keeps two canvases for a next frame, as big as the picture each,
    and Pillow would copy the pixels beside them. So the decoder is asked directly, then dropped.
    """
    rows, _ = vars(image).pop('_decoder').get_next()
    return Image.frombuffer(image.rawmode, image.size, rows, 'raw', image.rawmode, 0, 1)


def save(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    with broken_when_refused():
        image.save(file, kind, **options)
    return file.getvalue()


def upright(image: Image.Image, orientation: int) -> Image.Image:
    return image if orientation == UPRIGHT else image.transpose(_TURNS[orientation])


def upright_rows(image: Image.Image, orientation: int, top: int, bottom: int) -> Image.Image:
    """The rows from ``top`` to before ``bottom`` of the upright picture."""
    width, height = image.size
    length = upright_size(image.size, orientation)[1]
    if orientation in _FROM_THE_END:
        top, bottom = length - bottom, length - top
    box = (top, 0, bottom, height) if is_on_its_side(orientation) else (0, top, width, bottom)
    return upright(image.crop(box), orientation)
