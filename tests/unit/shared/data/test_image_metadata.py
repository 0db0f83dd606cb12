"""What stands beside the pixels: all of it goes but the colour profile, and how to turn them."""
import struct
from io import BytesIO
from typing import Any

import pytest
from PIL import ExifTags, Image, ImageCms, ImageOps

from talelio_backend.shared.data.image_pipeline import PillowImagePipeline
from talelio_backend.shared.data.pictures.exif import orientation
from talelio_backend.shared.services.images import ImageBroken
from tests.picture_files import (ORIENTATION, animated, chunk, chunk_names, difference, drawing,
                                 encoded, gif, gif_frame, jpeg_with, moving, opened, photograph,
                                 png_with, with_orientation)

PIPELINE = PillowImagePipeline()
SECRET = b'52 degrees north'
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
WITH_EXIF: list[tuple[str, dict[str, Any]]] = [('JPEG', {}), ('PNG', {}),
                                               ('WEBP', {
                                                   'lossless': True
                                               }), ('WEBP', {})]


def exif_of_a_phone() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = SECRET.decode()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = 'N'
    return exif


@pytest.mark.parametrize('turn', range(1, 9))
@pytest.mark.parametrize(('kind', 'options'), WITH_EXIF)
def test_picture_is_turned_upright(kind: str, options: dict[str, Any], turn: int) -> None:
    sent = with_orientation(photograph(), kind, turn, **options)
    made = PIPELINE.normalize(sent)
    shown, expected = opened(made.content), ImageOps.exif_transpose(opened(sent))
    assert (made.width, made.height) == shown.size == expected.size
    assert difference(shown, expected) < 6
    assert not shown.getexif()


@pytest.mark.parametrize('mode', ['RGB', 'L', 'CMYK'])
@pytest.mark.parametrize('subsampling', [0, 1, 2])
@pytest.mark.parametrize('turn', range(2, 9))
def test_turned_strips_are_the_turned_picture(mode: str, subsampling: int, turn: int) -> None:
    picture = photograph((333, 201)).convert(mode)
    options = {'subsampling': subsampling} if mode == 'RGB' else {}
    sent = with_orientation(picture, 'JPEG', turn, quality=95, **options)
    shown = opened(PIPELINE.normalize(sent).content)
    if subsampling == 1 and turn > 4:  # there is no 4:2:2 on its side
        options['subsampling'] = 0
    in_one_go = encoded(ImageOps.exif_transpose(opened(sent)), 'JPEG', quality=90, **options)
    assert shown.mode == mode
    assert difference(shown, opened(in_one_go)) == 0


def test_big_endian_exif_is_understood() -> None:
    block = b'MM\0*\0\0\0\x08\0\x01' + struct.pack('>HHIHH', ORIENTATION, 3, 1, 6, 0)
    assert orientation(block) == 6
    made = PIPELINE.normalize(jpeg_with(encoded(photograph(), 'JPEG'), 0xE1, b'Exif\0\0' + block))
    assert (made.width, made.height) == (43, 61)


@pytest.mark.parametrize('block', [
    b'', b'II*\0', b'II*\0\xff\xff\xff\xff', b'XX*\0\x08\0\0\0\x01\0',
    b'II*\0\x08\0\0\0\xff\xff' + bytes(40),
    b'II*\0\x08\0\0\0\x01\0' + struct.pack('<HHIHH', ORIENTATION, 3, 1, 9, 0),
    b'II*\0\x08\0\0\0\x01\0' + struct.pack('<HHIHH', ORIENTATION, 3, 1, 0, 0),
    b'II*\0\x08\0\0\0\x01\0' + struct.pack('<HHII', ORIENTATION, 4, 1, 6)
])  # yapf: disable
def test_exif_that_makes_no_sense_turns_nothing(block: bytes) -> None:
    assert orientation(block) == 1
    sent = jpeg_with(encoded(photograph(), 'JPEG'), 0xE1, b'Exif\0\0' + block)
    assert PIPELINE.normalize(sent).width == 61


@pytest.mark.parametrize('kind', ['JPEG', 'PNG', 'WEBP'])
def test_exif_gps_and_xmp_are_gone(kind: str) -> None:
    exif = exif_of_a_phone()
    sent = encoded(photograph(), kind, exif=exif.tobytes(), xmp=b'<x:xmpmeta>' + SECRET)
    if kind == 'PNG':
        sent = png_with(sent, chunk(b'iTXt', b'XML:com.adobe.xmp\0\0\0\0\0' + SECRET))
    assert SECRET in sent and opened(sent).getexif().get_ifd(ExifTags.IFD.GPSInfo)
    made = PIPELINE.normalize(sent).content
    assert SECRET not in made
    assert not opened(made).getexif()
    assert not set(opened(made).info) & {'exif', 'xmp', 'XML:com.adobe.xmp', 'photoshop', 'dpi'}


def test_everything_else_of_a_jpeg_is_gone() -> None:
    sent = encoded(photograph(), 'JPEG', comment=SECRET, dpi=(300, 300))
    for marker in (0xE0, 0xE2, 0xE3, 0xED, 0xEF, 0xFE):
        sent = jpeg_with(sent, marker, b'JFXX\0' + SECRET)
    made = PIPELINE.normalize(sent + SECRET).content
    assert SECRET not in made
    assert set(opened(made).info) <= {'jfif', 'jfif_version', 'jfif_unit', 'jfif_density'}
    assert opened(made).info['jfif_density'] == (1, 1)


def test_everything_else_of_a_png_is_gone() -> None:
    sent = png_with(encoded(photograph(), 'PNG', dpi=(300, 300)),
                    chunk(b'tEXt', b'Author\0' + SECRET), chunk(b'tIME', bytes(7)),
                    chunk(b'prVt', SECRET), chunk(b'gAMA', struct.pack('>I', 45455)))
    made = PIPELINE.normalize(sent + SECRET).content
    assert chunk_names(made) == [b'IHDR', b'gAMA', b'IDAT', b'IEND']


def test_everything_else_of_a_gif_is_gone() -> None:
    comment = b'!\xfe' + bytes([len(SECRET)]) + SECRET + b'\0'
    xmp = b'!\xff\x0bXMP DataXMP' + bytes([len(SECRET)]) + SECRET + b'\0'
    words = b'!\x01\x0c' + bytes(12) + bytes([len(SECRET)]) + SECRET + b'\0'
    assert SECRET not in PIPELINE.normalize(gif(comment, xmp, words, gif_frame()) + SECRET).content


def test_everything_else_of_a_webp_is_gone() -> None:
    sent = encoded(photograph(), 'WEBP', exif=exif_of_a_phone().tobytes(), icc_profile=PROFILE)
    more = b'SECR' + struct.pack('<I', len(SECRET)) + SECRET
    sent = b'RIFF' + struct.pack('<I', len(sent) - 8 + len(more)) + sent[8:] + more + SECRET
    made = PIPELINE.normalize(sent).content
    assert chunk_names(made) == [b'VP8X', b'ICCP', b'VP8 ']


@pytest.mark.parametrize('kind', ['JPEG', 'PNG', 'WEBP'])
@pytest.mark.parametrize('turn', [1, 6])
def test_colour_profile_is_kept(kind: str, turn: int) -> None:
    made = PIPELINE.normalize(with_orientation(photograph(), kind, turn, icc_profile=PROFILE))
    assert opened(made.content).info['icc_profile'] == PROFILE


@pytest.mark.parametrize('kind', ['PNG', 'WEBP'])
def test_colour_profile_of_an_animation_is_kept(kind: str) -> None:
    made = PIPELINE.normalize(animated(kind, moving(2), icc_profile=PROFILE))
    assert opened(made.content).info['icc_profile'] == PROFILE


def test_colour_profile_of_a_gif_is_kept() -> None:
    blocks = [PROFILE[start:start + 255] for start in range(0, len(PROFILE), 255)]
    packed = b''.join(bytes([len(block)]) + block for block in blocks)
    section = b'!\xff\x0bICCRGBG1012' + packed + b'\0'
    assert section in PIPELINE.normalize(gif(section, gif_frame())).content


def test_profile_of_several_segments_is_kept_whole() -> None:
    big = PROFILE + bytes(150_000)
    made = PIPELINE.normalize(encoded(photograph(), 'JPEG', icc_profile=big))
    assert opened(made.content).info['icc_profile'] == big


def test_damaged_profile_breaks_a_png() -> None:
    sent = png_with(encoded(photograph(), 'PNG'), chunk(b'iCCP', b'name\0\0no deflate stream'))
    with pytest.raises(ImageBroken):
        PIPELINE.normalize(sent)


def test_palette_of_a_drawing_is_no_metadata() -> None:
    sent = encoded(drawing(), 'PNG')
    assert opened(PIPELINE.normalize(sent).content).getpalette() == opened(sent).getpalette()
    assert BytesIO(sent).read(8) == PIPELINE.normalize(sent).content[:8]
