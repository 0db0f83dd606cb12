"""Animations keep every frame, its time, its place, and how often they play."""
import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageOps, ImageSequence

from talelio_backend.shared.data.image_pipeline import PillowImagePipeline
from talelio_backend.shared.data.pictures.webp import WebP
from talelio_backend.shared.data.pictures.webp_chunks import Frame
from talelio_backend.shared.data.pictures.webp_chunks import chunk as chunk_of_webp
from talelio_backend.shared.data.pictures.webp_chunks import file
from talelio_backend.shared.services.images import ImageBroken
from tests.picture_files import (ORIENTATION, animated, chunk, chunk_names, difference, encoded,
                                 gif, gif_frame, moving, png)

PIPELINE = PillowImagePipeline()
DURATIONS = [40, 80, 120, 160, 200]


def frames_of(content: bytes) -> list[tuple[Image.Image, float]]:
    with Image.open(BytesIO(content)) as image:
        found = []
        for frame in ImageSequence.Iterator(image):
            shown = frame.convert('RGBA')
            found.append((shown, frame.info.get('duration', 0)))
        return found


@pytest.mark.parametrize(('kind', 'allowed'), [('GIF', 0), ('PNG', 0), ('WEBP', 6)])
@pytest.mark.parametrize('plays', [0, 3])
def test_animation_keeps_frames_times_and_loop(kind: str, allowed: int, plays: int) -> None:
    sent = animated(kind, moving(5), duration=DURATIONS, loop=plays)
    made = PIPELINE.normalize(sent)
    before, after = frames_of(sent), frames_of(made.content)
    assert made.frames == len(after) == len(before) == 5
    assert (made.width, made.height) == (64, 48)
    assert [time for _, time in after] == [time for _, time in before] == DURATIONS
    for (shown, _), (expected, _) in zip(after, before):
        assert difference(shown, expected) <= allowed
    with Image.open(BytesIO(made.content)) as image:
        assert image.info['loop'] == plays


def turned(image: Image.Image, turn: int) -> Image.Image:
    copy = image.copy()
    copy.getexif()[ORIENTATION] = turn
    return ImageOps.exif_transpose(copy)


@pytest.mark.parametrize('turn', range(2, 9))
@pytest.mark.parametrize(('kind', 'options'), [('PNG', {}), ('PNG', {
    'disposal': 1,
    'blend': 1
}), ('PNG', {
    'default_image': True
}), ('WEBP', {
    'lossless': True
})])
def test_animation_is_turned_upright(kind: str, options: dict[str, Any], turn: int) -> None:
    frames = [frame.convert('RGBA') for frame in moving(4, (63, 47))]
    for frame in frames:
        frame.paste((0, 0, 0, 0), (40, 5, 55, 20))
    exif = Image.Exif()
    exif[ORIENTATION] = turn
    sent = animated(kind, frames, duration=DURATIONS[:4], exif=exif, **options)
    made = PIPELINE.normalize(sent)
    pairs = list(zip(frames_of(made.content), frames_of(sent), strict=True))
    assert len(pairs) == 4
    assert (made.width, made.height) == ((47, 63) if turn > 4 else (63, 47))
    for (shown, shown_for), (stored, stored_for) in pairs:
        assert shown_for == stored_for
        assert seen(shown) == seen(turned(stored, turn))


def seen(image: Image.Image) -> bytes:
    """The pixels, all of those that are not seen alike."""
    plain = Image.new('RGBA', image.size)
    plain.paste(image, mask=image.getchannel('A').point(lambda alpha: 255 if alpha else 0))
    return plain.tobytes()


@pytest.mark.parametrize('turn', [1, 2, 6])
def test_frames_of_a_webp_blend_and_clear_as_before_when_turned(turn: int) -> None:
    frames = []
    for number, flags in enumerate([0, 1, 2, 3, 0, 1]):
        part = Image.new('RGBA', (11, 7), (40 * number, 200, 9, 130))
        part.paste((0, 0, 0, 0), (2, 2, 5, 5))
        pixels = WebP.read(encoded(part, 'WEBP', lossless=True, exact=True)).pixels
        place = bytes([2 * number, 0, 0, number, 0, 0, 10, 0, 0, 6, 0, 0])
        frames.append(Frame(place, bytes([50, 0, 0, flags]), pixels).write(pixels))
    sent = file((41, 27), pixels, [chunk_of_webp(b'ANIM', bytes(6)), *frames])
    exif = b'II*\0\x08\0\0\0\x01\0' + struct.pack('<HHIHH', ORIENTATION, 3, 1, turn, 0)
    with_exif = sent + chunk_of_webp(b'EXIF', exif)
    made = PIPELINE.normalize(b'RIFF' + struct.pack('<I', len(with_exif) - 8) + with_exif[8:])
    for (shown, _), (stored, _) in zip(frames_of(made.content), frames_of(sent), strict=True):
        assert difference(shown, turned(stored, turn)) < 0.5


def test_lossless_webp_animation_stays_pixel_for_pixel() -> None:
    sent = animated('WEBP', moving(4), duration=50, lossless=True)
    pairs = zip(frames_of(sent), frames_of(PIPELINE.normalize(sent).content))
    assert all(difference(shown, expected) == 0 for (expected, _), (shown, _) in pairs)


@pytest.mark.parametrize('kind', ['GIF', 'PNG', 'WEBP'])
def test_see_through_animation_stays_so(kind: str) -> None:
    frames = [frame.convert('RGBA') for frame in moving(4)]
    for frame in frames:
        frame.paste((0, 0, 0, 0), (20, 20, 40, 40))
    sent = animated(kind, frames, duration=50, disposal=2 if kind == 'GIF' else 0)
    for (shown, _), (expected, _) in zip(frames_of(PIPELINE.normalize(sent).content),
                                         frames_of(sent)):
        assert difference(shown.getchannel('A'), expected.getchannel('A')) == 0


def test_frames_that_look_alike_are_not_merged() -> None:
    made = PIPELINE.normalize(gif(*[gif_frame()] * 7))
    assert made.frames == 7
    assert len(frames_of(made.content)) == 7


def test_loop_that_was_not_asked_for_is_not_added() -> None:
    assert b'NETSCAPE' not in PIPELINE.normalize(gif(gif_frame(), gif_frame())).content


def test_gif_frames_keep_place_disposal_and_colours() -> None:
    timing = b'!\xf9\x04' + bytes([0x0D]) + struct.pack('<HB', 7, 2) + b'\0'
    table = bytes(range(12))
    own = b',' + struct.pack('<HHHHB', 3, 2, 1, 1, 0x81) + table + b'\x02\x02\x44\x01\0'
    made = PIPELINE.normalize(gif(gif_frame((0, 0, 1, 1)), timing + own, size=(9, 9))).content
    assert timing + own[:10] + table in made


def test_interlaced_gif_frames_are_put_in_order() -> None:
    frames = moving(2)
    quantized = [frame.quantize(16) for frame in frames]
    one = animated('GIF', quantized[:1], interlace=1)
    assert one[one.index(b',', 13 + 3 * 16) + 9] & 0x40
    made = frames_of_still(PIPELINE.normalize(one).content)
    assert difference(made, quantized[0]) == 0


def frames_of_still(content: bytes) -> Image.Image:
    with Image.open(BytesIO(content)) as image:
        return image.convert('RGB')


def test_frame_beyond_the_screen_widens_it() -> None:
    made = PIPELINE.normalize(gif(gif_frame((0, 0, 1, 1)), gif_frame((8, 4, 1, 1))))
    assert (made.width, made.height) == (9, 5)
    with Image.open(BytesIO(made.content)) as image:
        assert image.size == (9, 5)


def test_apng_keeps_the_picture_for_those_who_show_no_animation() -> None:
    sent = animated('PNG', moving(3), duration=50, default_image=True)
    made = PIPELINE.normalize(sent)
    assert made.frames == 2
    assert chunk_names(made.content).index(b'IDAT') < chunk_names(made.content).index(b'fcTL')
    with Image.open(BytesIO(made.content)) as shown, Image.open(BytesIO(sent)) as expected:
        assert difference(shown, expected) == 0


def apng(declared: int, *frames: bytes) -> bytes:
    return png(chunk(b'acTL', struct.pack('>II', declared, 0)), control(0, (1, 1, 0, 0)),
               chunk(b'IDAT', zlib.compress(b'\0\0')), *frames)


def control(number: int, place: tuple[int, int, int, int]) -> bytes:
    return chunk(b'fcTL', struct.pack('>IIIIIHHBB', number, *place, 1, 10, 0, 0))


def frame_data(number: int) -> bytes:
    return chunk(b'fdAT', struct.pack('>I', number) + zlib.compress(b'\0\0'))


def test_apng_with_fewer_frames_than_it_says_is_broken() -> None:
    second = control(1, (1, 1, 0, 0)) + frame_data(2)
    assert PIPELINE.normalize(apng(2, second)).frames == 2
    for content in (apng(2), apng(3, second), apng(1, second), apng(2, control(1, (1, 1, 0, 0))),
                    apng(2,
                         control(1, (1, 1, 1, 0)) + frame_data(2)),
                    apng(2,
                         control(1, (2, 1, 0, 0)) + frame_data(2))):
        with pytest.raises(ImageBroken):
            PIPELINE.normalize(content)


def test_animation_chunks_without_an_animation_are_dropped() -> None:
    stray = control(0, (1, 1, 0, 0)) + frame_data(1)
    made = PIPELINE.normalize(png(stray, chunk(b'IDAT', zlib.compress(b'\0\0'))))
    assert made.frames == 1
    assert chunk_names(made.content) == [b'IHDR', b'IDAT', b'IEND']


def test_webp_frame_beyond_the_canvas_is_broken() -> None:
    sent = bytearray(animated('WEBP', moving(2), duration=50))
    place = sent.index(b'ANMF') + 8
    sent[place:place + 3] = b'\x01\0\0'
    with pytest.raises(ImageBroken):
        PIPELINE.normalize(bytes(sent))


@pytest.mark.parametrize('kind', ['GIF', 'PNG', 'WEBP'])
def test_animation_has_no_variants(kind: str) -> None:
    assert not PIPELINE.variants(animated(kind, moving(2), duration=50), [8, 16])
