"""What is refused, and what a picture that is not refused is called."""
import random
import struct
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from talelio_backend.shared.data.image_pipeline import PillowImagePipeline
from talelio_backend.shared.services.images import (ImageBroken, ImageTooManyPixels,
                                                    ImageTypeNotSupported)
from tests.picture_files import (animated, chunk, difference, drawing, encoded, gif, gif_frame,
                                 jpeg_with, moving, opened, photograph, png)

PIPELINE = PillowImagePipeline()
KINDS = {'JPEG': 'jpg', 'PNG': 'png', 'GIF': 'gif', 'WEBP': 'webp'}
FILES = {
    'jpeg': encoded(photograph(), 'JPEG'),
    'progressive': encoded(photograph(), 'JPEG', progressive=True),
    'png': encoded(photograph(), 'PNG'),
    'gif': encoded(drawing(), 'GIF'),
    'lossy webp': encoded(photograph(), 'WEBP'),
    'lossless webp': encoded(photograph(), 'WEBP', lossless=True),
    'apng': animated('PNG', moving(3), duration=50),
    'animated gif': animated('GIF', moving(3), duration=50),
    'animated webp': animated('WEBP', moving(3), duration=50)
}


@pytest.mark.parametrize('kind', KINDS)
def test_picture_says_what_is_stored(kind: str) -> None:
    made = PIPELINE.normalize(encoded(photograph((61, 43)), kind))
    assert (made.width, made.height, made.frames) == (61, 43, 1)
    assert (made.extension, made.content_type) == (KINDS[kind], f'image/{kind.lower()}')
    assert opened(made.content).format == kind
    assert opened(made.content).size == (61, 43)


@pytest.mark.parametrize('content', [
    b'', b'GIF', b'hello', b'<html><img></html>', b'\x89PNG', b'\xff\xd8', b'RIFF\0\0\0\0WAVE',
    b'BM' + bytes(60), b'<svg xmlns="http://www.w3.org/2000/svg"/>', b'%PDF-1.7',
    encoded(photograph(), 'BMP'), encoded(photograph(), 'TIFF'), encoded(photograph(), 'AVIF'),
    b'\n' + FILES['png']
])  # yapf: disable
def test_other_signatures_are_not_supported(content: bytes) -> None:
    with pytest.raises(ImageTypeNotSupported):
        PIPELINE.check(content)
    with pytest.raises(ImageTypeNotSupported):
        PIPELINE.normalize(content)


@pytest.mark.parametrize('start', [
    b'\xff\xd8\xff', b'\x89PNG\r\n\x1a\n', b'GIF89a', b'GIF87a', b'RIFF\x04\0\0\0WEBP',
    b'GIF89a/*<html><script>alert(1)</script></html>*/=1;', b'\xff\xd8\xff\xe0' + bytes(50),
    b'RIFF\x0c\0\0\0WEBPVP8 \0\0\0\0', b'RIFF\x0c\0\0\0WEBPJUNK\0\0\0\0'
])  # yapf: disable
def test_signature_alone_is_a_broken_picture(start: bytes) -> None:
    with pytest.raises((ImageBroken, ImageTooManyPixels)):
        PIPELINE.normalize(start)


@pytest.mark.parametrize(('width', 'height'), [(30_000, 30_000), (40_000_001, 1), (6_400, 6_251),
                                               (2**31 - 1, 2**31 - 1)])
def test_too_many_pixels_are_refused_by_the_header(width: int, height: int) -> None:
    bomb = png(chunk(b'IDAT', b'no pixels at all'), size=(width, height))
    with pytest.raises(ImageTooManyPixels):
        PIPELINE.check(bomb)
    with pytest.raises(ImageTooManyPixels):
        PIPELINE.check(bomb[:33])


def test_header_of_each_kind_is_read_before_its_pixels() -> None:
    jpeg = bytearray(FILES['jpeg'])
    place = jpeg.index(b'\xff\xc0') + 5
    jpeg[place:place + 4] = struct.pack('>HH', 20_000, 20_000)
    webp = bytearray(FILES['lossy webp'])
    webp[26:30] = struct.pack('<HH', 16_383, 16_383)
    for content in (jpeg, webp, gif(gif_frame(), size=(7_000, 7_000)),
                    gif(gif_frame((6_000, 6_000, 2_000, 2_000)))):
        with pytest.raises(ImageTooManyPixels):
            PIPELINE.check(bytes(content))


def test_forty_million_pixels_are_accepted() -> None:
    PIPELINE.check(png(size=(8_000, 5_000)))
    made = PIPELINE.normalize(encoded(Image.new('1', (8_000, 5_000)), 'PNG'))
    assert made.width * made.height == 40_000_000


def test_frames_of_an_animation_are_counted_together() -> None:
    frame = gif_frame((0, 0, 1, 1))
    PIPELINE.check(gif(*[frame] * 100, size=(2_000, 1_000)))
    with pytest.raises(ImageTooManyPixels):
        PIPELINE.check(gif(*[frame] * 101, size=(2_000, 1_000)))
    declared = chunk(b'acTL', struct.pack('>II', 101, 0))
    with pytest.raises(ImageTooManyPixels):
        PIPELINE.check(png(declared, size=(2_000, 1_000)))


@pytest.mark.parametrize('content', FILES.values(), ids=FILES.keys())
def test_file_cut_off_anywhere_is_broken(content: bytes) -> None:
    near_the_end = range(max(16, len(content) - 40), len(content))
    anywhere = random.Random(len(content)).sample(range(16, len(content)), 60)
    for length in (*near_the_end, *anywhere):
        with pytest.raises(ImageBroken):
            PIPELINE.normalize(content[:length])


@pytest.mark.parametrize('content', FILES.values(), ids=FILES.keys())
def test_damage_is_refused_in_the_words_of_the_domain(content: bytes) -> None:
    chance = random.Random(len(content))
    for _ in range(150):
        damaged = bytearray(content)
        for _ in range(chance.choice((1, 1, 4))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            made = PIPELINE.normalize(bytes(damaged))
        except (ImageBroken, ImageTooManyPixels, ImageTypeNotSupported):
            continue
        assert opened(made.content).size == (made.width, made.height)


def test_jpeg_that_ends_early_with_an_end_marker_is_broken() -> None:
    content = FILES['jpeg']
    scan = content.index(b'\xff\xda') + 14
    for length in range(scan, len(content) - 60, 25):
        with pytest.raises(ImageBroken):
            PIPELINE.normalize(content[:length] + b'\xff\xd9')


def test_png_that_ends_early_with_sound_checksums_is_broken() -> None:
    rows = bytes(11) * 9
    with pytest.raises(ImageBroken):
        PIPELINE.normalize(png(chunk(b'IDAT', zlib.compress(rows)), size=(10, 10)))
    assert PIPELINE.normalize(png(chunk(b'IDAT', zlib.compress(rows + bytes(11))),
                                  size=(10, 10))).width == 10


def test_png_with_a_wrong_checksum_is_broken() -> None:
    content = bytearray(FILES['png'])
    content[-20] ^= 1
    with pytest.raises(ImageBroken):
        PIPELINE.normalize(bytes(content))


def test_gif_without_all_its_pixels_is_broken() -> None:
    with pytest.raises(ImageBroken):
        PIPELINE.normalize(gif(gif_frame((0, 0, 9, 9)), size=(9, 9)))


def test_phone_photograph_of_several_pictures_is_its_first() -> None:
    phone = animated('MPO', [photograph((40, 30)), photograph((20, 10))])
    made = PIPELINE.normalize(phone)
    assert (made.extension, made.width, made.height, made.frames) == ('jpg', 40, 30, 1)


def test_page_hidden_in_a_picture_is_gone() -> None:
    page = b'<html><script>alert(1)</script></html>'
    comment = b'!\xfe' + bytes([len(page)]) + page + b'\0'
    for content in (gif(comment, gif_frame()), gif(gif_frame()) + page, FILES['png'] + page,
                    jpeg_with(FILES['jpeg'], 0xFE, page), FILES['lossy webp'] + page):
        assert page not in PIPELINE.normalize(content).content


@pytest.mark.parametrize('kind', KINDS)
def test_stored_picture_is_one_that_is_accepted(kind: str) -> None:
    once = PIPELINE.normalize(encoded(photograph(), kind))
    twice = PIPELINE.normalize(once.content)
    assert difference(opened(once.content), opened(twice.content)) < 2


def test_many_threads_share_one_pipeline() -> None:
    tight = PillowImagePipeline(memory=1)
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(tight.normalize, list(FILES.values()) * 3))
    assert len(made) == 3 * len(FILES)


def test_pillow_is_loaded_by_the_first_picture_only() -> None:
    program = ('import sys\n'
               'from talelio_backend.shared.data.image_pipeline import PillowImagePipeline\n'
               'PillowImagePipeline().check(bytes.fromhex(sys.argv[1]))\n'
               'sys.exit("PIL" in sys.modules)\n')
    subprocess.run([sys.executable, '-c', program, FILES['png'].hex()], check=True)
