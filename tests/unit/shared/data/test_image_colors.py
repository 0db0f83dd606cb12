"""Every kind of pixel that the four formats have comes out as it went in."""
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from talelio_backend.shared.data.image_pipeline import PillowImagePipeline
from talelio_backend.shared.services.images import ImageBroken
from tests.picture_files import chunk, difference, drawing, encoded, opened, photograph, png

PIPELINE = PillowImagePipeline()


def see_through() -> Image.Image:
    picture = photograph().convert('RGBA')
    picture.putalpha(Image.linear_gradient('L').resize(picture.size))
    return picture


def sixteen_bits() -> Image.Image:
    return photograph().convert('I').point(lambda value: value * 257).convert('I;16')


LOSSLESS: list[tuple[str, Image.Image, dict[str, Any]]] = [
    ('PNG', photograph(), {}),
    ('PNG', photograph().convert('1'), {}),
    ('PNG', photograph().convert('L'), {}),
    ('PNG', see_through(), {}),
    ('PNG', see_through().convert('LA'), {}),
    ('PNG', sixteen_bits(), {}),
    ('PNG', drawing(colors=2), {}),
    ('PNG', drawing(colors=4), {}),
    ('PNG', drawing(colors=16), {}),
    ('PNG', drawing(colors=256), {}),
    ('PNG', drawing(), {'transparency': 3}),
    ('PNG', drawing(), {'transparency': bytes(range(0, 256, 32))}),
    ('PNG', photograph(), {'transparency': photograph().getpixel((9, 9))}),
    ('PNG', photograph().convert('L'), {'transparency': 40}),
    ('PNG', photograph().convert('1'), {'transparency': 0}),
    ('GIF', drawing(colors=2), {}),
    ('GIF', drawing(colors=256), {}),
    ('GIF', drawing(), {'transparency': 3}),
    ('GIF', drawing(), {'interlace': 0}),
    ('GIF', photograph().convert('L'), {}),
    ('WEBP', photograph(), {'lossless': True}),
    ('WEBP', see_through(), {'lossless': True, 'exact': True})
]  # yapf: disable


@pytest.mark.parametrize(('kind', 'picture', 'options'), LOSSLESS)
def test_lossless_picture_stays_pixel_for_pixel(kind: str, picture: Image.Image,
                                                options: dict[str, Any]) -> None:
    sent = opened(encoded(picture, kind, **options))
    made = opened(PIPELINE.normalize(encoded(picture, kind, **options)).content)
    assert made.mode == sent.mode
    assert difference(made, sent) == 0
    if sent.mode == 'I;16':
        assert made.tobytes() == sent.tobytes()


@pytest.mark.parametrize(('mode', 'options'), [('RGB', {}), ('L', {}), ('CMYK', {}),
                                               ('RGB', {'progressive': True}),
                                               ('RGB', {'subsampling': 0}),
                                               ('RGB', {'subsampling': 1}),
                                               ('RGB', {'keep_rgb': True})])  # yapf: disable
def test_jpeg_keeps_its_kind_of_colours(mode: str, options: dict[str, Any]) -> None:
    sent = encoded(photograph().convert(mode), 'JPEG', quality=95, **options)
    made = opened(PIPELINE.normalize(sent).content)
    assert made.mode == mode
    assert difference(made, opened(sent)) < 4


@pytest.mark.parametrize('subsampling', [0, 1, 2])
def test_jpeg_keeps_the_resolution_of_its_colours(subsampling: int) -> None:
    sent = encoded(photograph(), 'JPEG', subsampling=subsampling)
    assert sampling(PIPELINE.normalize(sent).content) == sampling(sent)


def sampling(content: bytes) -> bytes:
    start = content.index(b'\xff\xc0') + 11
    return content[start:start + 9:3]


def scan_by_scan(count: int) -> bytes:
    """A JPEG that has its three channels one after the other, made of three grey ones."""
    grey = [encoded(channel, 'JPEG') for channel in photograph().convert('YCbCr').split()]
    frame, scan = grey[0].index(b'\xff\xc0'), grey[0].index(b'\xff\xda')
    channels = b''.join(bytes([number, 0x11, 0]) for number in (1, 2, 3))
    parts = [
        grey[0][:frame], b'\xff\xc0\0\x11', grey[0][frame + 4:frame + 9], b'\x03', channels,
        grey[0][frame + 13:scan]
    ]
    for number, each in enumerate(grey[:count], 1):
        data = each[each.index(b'\xff\xda') + 10:-2]
        parts += [b'\xff\xda\0\x08\x01', bytes([number]), b'\0\0\x3f\0', data]
    return b''.join([*parts, b'\xff\xd9'])


def test_jpeg_of_a_scan_for_each_channel_is_read() -> None:
    made = opened(PIPELINE.normalize(scan_by_scan(3)).content)
    assert difference(made, photograph()) < 4


def test_jpeg_without_one_of_its_channels_is_broken() -> None:
    with pytest.raises(ImageBroken):
        PIPELINE.normalize(scan_by_scan(2))


def test_lossy_webp_keeps_what_is_transparent() -> None:
    sent = encoded(see_through(), 'WEBP', quality=90)
    made = opened(PIPELINE.normalize(sent).content)
    assert made.mode == 'RGBA'
    assert difference(made, opened(sent)) < 4


@pytest.mark.parametrize(('depth', 'value'), [(2, 1), (4, 5)])
def test_transparent_grey_of_few_bits_stays_transparent(depth: int, value: int) -> None:
    row = b'\0' + bytes([value << (8 - depth)])
    sent = png(chunk(b'tRNS', struct.pack('>H', value)),
               chunk(b'IDAT', zlib.compress(row)),
               size=(2, 1),
               depth=depth)
    made = opened(PIPELINE.normalize(sent).content).convert('RGBA')
    assert [made.getpixel((x, 0)) for x in (0, 1)] == [(85, 85, 85, 0), (0, 0, 0, 255)]


def test_sixteen_bits_a_channel_become_eight() -> None:
    row = b'\0' + struct.pack('>6H', 0x1234, 0x5678, 0x9ABC, 0xFF00, 0x8000, 0x0000)
    sent = png(chunk(b'tRNS', struct.pack('>3H', 0x1234, 0x5678, 0x9ABC)),
               chunk(b'IDAT', zlib.compress(row)),
               size=(2, 1),
               depth=16,
               color_type=2)
    made = opened(PIPELINE.normalize(sent).content).convert('RGBA')
    assert [made.getpixel((x, 0)) for x in (0, 1)] == [(0x12, 0x56, 0x9A, 0), (255, 128, 0, 255)]


@pytest.mark.parametrize('size', [(1, 1), (3, 2), (5, 9), (16, 16), (33, 31)])
def test_interlaced_png_is_read_whole(size: tuple[int, int]) -> None:
    width, height = size
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
              (0, 1, 1, 2))
    rows = [
        b'\0' + bytes((3 * x + 5 * y) % 256 for x in range(left, width, right))
        for left, top, right, down in passes for y in range(top, height, down) if left < width
    ]
    packed = zlib.compress(b''.join(rows))
    made = opened(PIPELINE.normalize(png(chunk(b'IDAT', packed), size=size, interlaced=1)).content)
    assert made.tobytes() == bytes(
        (3 * x + 5 * y) % 256 for y in range(height) for x in range(width))
