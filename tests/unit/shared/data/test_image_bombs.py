"""Small files that would take much to read."""
import struct
import zlib

import pytest

from talelio_backend.shared.data.image_pipeline import PillowImagePipeline
from talelio_backend.shared.services.images import ImageBroken, ImageTooManyPixels
from tests.picture_files import chunk, encoded, gif, gif_frame, photograph, png

PIPELINE = PillowImagePipeline()


def test_progressive_jpeg_of_endless_scans_is_broken() -> None:
    content = encoded(photograph(), 'JPEG', progressive=True)
    last = content[content.rindex(b'\xff\xda'):-2]
    assert PIPELINE.normalize(content[:-2] + last * 20 + b'\xff\xd9').width == 61
    with pytest.raises(ImageBroken):
        PIPELINE.normalize(content[:-2] + last * 80 + b'\xff\xd9')


def test_text_that_unpacks_to_gigabytes_is_never_unpacked() -> None:
    bomb = zlib.compress(bytes(20_000_000), 9)
    texts = [chunk(b'zTXt', b'k\0\0' + bomb), chunk(b'iTXt', b'k\0\1\0\0\0' + bomb)]
    made = PIPELINE.normalize(png(*texts, chunk(b'IDAT', zlib.compress(b'\0\0'))))
    assert len(made.content) < 200
    with pytest.raises(ImageBroken):
        PIPELINE.normalize(
            png(chunk(b'iCCP', b'n\0\0' + bomb), chunk(b'IDAT', zlib.compress(b'\0\0'))))


def test_rows_beyond_the_last_are_not_unpacked() -> None:
    much = png(chunk(b'IDAT', zlib.compress(bytes(20_000_000), 9)), size=(1, 1))
    assert PIPELINE.normalize(much).width == 1


def test_two_thousand_tiny_frames_are_taken_and_no_more() -> None:
    assert PIPELINE.normalize(gif(*[gif_frame()] * 2_000)).frames == 2_000
    with pytest.raises(ImageTooManyPixels):
        PIPELINE.check(gif(*[gif_frame()] * 2_001))


def test_frames_are_counted_by_what_the_header_says() -> None:
    declared = [chunk(b'acTL', struct.pack('>II', number, 0)) for number in (2_000, 2_001)]
    PIPELINE.check(png(declared[0], chunk(b'IDAT', zlib.compress(b'\0\0'))))
    with pytest.raises(ImageTooManyPixels):
        PIPELINE.check(png(declared[1], chunk(b'IDAT', zlib.compress(b'\0\0'))))


def test_a_single_picture_counts_its_pixels_alone() -> None:
    assert PIPELINE.normalize(gif(gif_frame())).frames == 1


def test_picture_that_no_memory_is_left_for_is_refused_before_it_is_decoded() -> None:
    size = (600, 500)
    for kind, options, of_each in (('PNG', {}, 4), ('JPEG', {}, 4), ('GIF', {}, 2),
                                   ('JPEG', {'progressive': True}, 10), ('WEBP', {}, 12),
                                   ('WEBP', {'lossless': True}, 27)):  # yapf: disable
        content = encoded(photograph(size), kind, **options)
        needed = of_each * size[0] * size[1]
        assert PillowImagePipeline(most=needed).normalize(content).width == 600
        poor = PillowImagePipeline(most=needed - 1)
        for refuse in (poor.check, poor.normalize,
                       lambda sent, poor=poor: poor.variants(sent, [9])):
            with pytest.raises(ImageTooManyPixels):
                refuse(content)
