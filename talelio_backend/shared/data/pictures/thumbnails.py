from collections.abc import Callable, Iterator, Sequence
from io import BytesIO

from PIL import Image, ImageCms

from talelio_backend.shared.data.pictures import codec
from talelio_backend.shared.data.pictures.exif import upright_size

_QUALITY, _EFFORT = 80, 4
_TALLEST = 16383  # the most that a WebP file can say
# The picture is first averaged down to no less than _ROOM times the biggest size wanted, in strips
# of this many rows: as a whole it would be held a second time in other colours.
_STRIP = 256
_ROOM = 1.5
_OF_RED_GREEN_BLUE = frozenset({'RGB', 'RGBX', 'RGBA', 'P', 'PA'})


def room(sizes: Sequence[tuple[int, int]], orientation: int) -> tuple[int, int]:
    """What suffices to make these from, as the picture lies in its file."""
    width, height = max(sizes)
    return upright_size((int(_ROOM * width) + 1, int(_ROOM * height) + 1), orientation)


def thumbnails(image: Image.Image, sizes: Sequence[tuple[int, int]], *, orientation: int,
               profile: bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Each of the ``sizes`` with its WebP file; one taller than WebP allows is left out."""
    widest = max(width for width, _ in sizes)
    factor = max(1, int(upright_size(image.size, orientation)[0] / (_ROOM * widest)))
    small = codec.upright(_reduced(image, factor, _coloring(image, profile)), orientation)
    if image.mode not in _OF_RED_GREEN_BLUE:
        profile = b''  # it spoke of inks or of greys
    for size in sizes:
        if size[1] <= _TALLEST:
            resized = small.resize(size, Image.Resampling.LANCZOS)
            yield size, codec.save(resized,
                                   'WEBP',
                                   quality=_QUALITY,
                                   method=_EFFORT,
                                   icc_profile=profile)


def _reduced(image: Image.Image, factor: int, colored: Callable[[Image.Image],
                                                                Image.Image]) -> Image.Image:
    width, height = image.size
    mode = 'RGBA' if image.has_transparency_data else 'RGB'
    if factor == 1 and image.mode == mode:
        return image
    small = Image.new(mode, (-(-width // factor), -(-height // factor)))
    rows = max(1, _STRIP // factor) * factor
    for top in range(0, height, rows):
        strip = colored(image.crop((0, top, width, min(top + rows, height)))).convert(mode)
        small.paste(strip.reduce(factor), (0, top // factor))
    return small


def _coloring(image: Image.Image, profile: bytes) -> Callable[[Image.Image], Image.Image]:
    """What makes a strip of it one that `convert` understands."""
    if image.mode == 'I;16':
        return lambda strip: strip.point(lambda value: value * (1 / 256)).convert('L')
    if image.mode == 'CMYK' and profile:
        try:
            ink = ImageCms.ImageCmsProfile(BytesIO(profile))
            to_screen = ImageCms.buildTransform(ink, ImageCms.createProfile('sRGB'), 'CMYK', 'RGB')
        except (OSError, ImageCms.PyCMSError):
            return _unchanged  # no profile of inks; the plain formula has to do
        return lambda strip: ImageCms.applyTransform(strip, to_screen) or strip
    return _unchanged


def _unchanged(strip: Image.Image) -> Image.Image:
    return strip
