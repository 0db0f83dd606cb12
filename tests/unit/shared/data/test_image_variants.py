import pytest
from PIL import Image, ImageCms

from talelio_backend.shared.data.image_pipeline import PillowImagePipeline
from talelio_backend.shared.services.images import ImageBroken, ImageTypeNotSupported
from tests.picture_files import difference, drawing, encoded, opened, photograph, with_orientation

PIPELINE = PillowImagePipeline()
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()


@pytest.mark.parametrize('kind', ['JPEG', 'PNG', 'WEBP', 'GIF'])
def test_variants_are_webp_narrower_than_the_original(kind: str) -> None:
    picture = drawing((1000, 701)) if kind == 'GIF' else photograph((1000, 701))
    made = PIPELINE.variants(encoded(picture, kind), [320, 640, 1000, 1280])
    assert [(one.width, one.height) for one in made] == [(320, 224), (640, 449)]
    for one in made:
        shown = opened(one.content)
        assert (one.content_type, one.extension, one.frames) == ('image/webp', 'webp', 1)
        assert (shown.format, shown.size) == ('WEBP', (one.width, one.height))
        assert difference(shown, picture.convert('RGB').resize(shown.size)) < 6


def test_picture_that_is_narrow_has_none() -> None:
    assert not PIPELINE.variants(encoded(photograph((320, 900)), 'PNG'), [320, 640, 1280])


def test_variants_are_the_same_each_time() -> None:
    content = encoded(photograph((700, 300)), 'JPEG')
    assert PIPELINE.variants(content, [320, 640]) == PIPELINE.variants(content, [320, 640])


@pytest.mark.parametrize('mode', ['1', 'L', 'LA', 'P', 'RGB', 'RGBA', 'I;16'])
def test_variant_of_any_colours_looks_like_the_original(mode: str) -> None:
    picture = photograph((900, 600))
    if mode == 'I;16':
        original = picture.convert('I').point(lambda value: value * 256).convert(mode)
        picture = picture.convert('L')
    else:
        original = picture.convert(mode)
        picture = original
    made, = PIPELINE.variants(encoded(original, 'PNG'), [90])
    allowed = 12 if mode == '1' else 6
    assert difference(opened(made.content), picture.convert('RGBA').resize((90, 60))) < allowed


def test_what_is_transparent_stays_so() -> None:
    original = drawing((900, 600))
    made, = PIPELINE.variants(encoded(original, 'PNG', transparency=0), [90])
    alpha = opened(made.content).getchannel('A')
    assert alpha.getextrema() == (0, 255)


def test_inks_become_light() -> None:
    original = photograph((900, 600)).convert('CMYK')
    for profile in (b'', PROFILE, b'no profile'):
        made, = PIPELINE.variants(encoded(original, 'JPEG', icc_profile=profile), [90])
        shown = opened(made.content)
        assert shown.mode == 'RGB'
        assert 'icc_profile' not in shown.info
        assert difference(shown, original.convert('RGB').resize((90, 60))) < 6


def test_colour_profile_goes_along() -> None:
    made, = PIPELINE.variants(encoded(photograph((90, 60)), 'PNG', icc_profile=PROFILE), [40])
    assert opened(made.content).info['icc_profile'] == PROFILE


@pytest.mark.parametrize('turn', [3, 6])
def test_variant_of_a_picture_on_its_side_is_upright(turn: int) -> None:
    sent = with_orientation(photograph((900, 600)), 'JPEG', turn)
    made, = PIPELINE.variants(sent, [300])
    upright = opened(PIPELINE.normalize(sent).content)
    assert (made.width, made.height) == ((300, 450) if turn == 6 else (300, 200))
    assert difference(opened(made.content), upright.resize((made.width, made.height))) < 6


def test_variant_too_tall_for_webp_is_left_out() -> None:
    made = PIPELINE.variants(encoded(Image.new('1', (700, 30_000)), 'PNG'), [320, 640])
    assert [one.width for one in made] == [320]


def test_broken_picture_has_no_variants() -> None:
    content = encoded(photograph(), 'PNG')
    with pytest.raises(ImageBroken):
        PIPELINE.variants(content[:-30], [8])
    with pytest.raises(ImageTypeNotSupported):
        PIPELINE.variants(b'no picture', [8])
