from typing import TYPE_CHECKING, Any

from talelio_backend.shared.data.pictures import codec
from talelio_backend.shared.data.pictures.exif import UPRIGHT, is_on_its_side, upright_size
from talelio_backend.shared.data.pictures.jpeg_segments import SCAN, segments

if TYPE_CHECKING:
    from PIL.Image import Image

# No loss can be seen at 90 (and 95 doubles the file); what the sender lost stays lost.
_QUALITY = 90
# Columns and rows of brightness to one of colour, as Pillow numbers them.
_SUBSAMPLING = {(1, 1): 0, (2, 1): 1, (2, 2): 2}
_COARSEST = 2
# A multiple of every block height, and 65,535 blocks of the widest picture hold it: that is the
# most that a restart interval can say.
_STRIP = 64
_RESTART = 0xD0


def write(image: 'Image', orientation: int, sampling: list[int], profile: bytes) -> bytes:
    """A baseline JPEG, upright. Neither progressive nor with tables of its own: both would hold
    the whole picture a second time."""
    options: dict[str, Any] = {'quality': _QUALITY}
    block = 8
    if image.mode == 'RGB':
        turned = is_on_its_side(orientation)
        options['subsampling'] = _subsampling(sampling, turned)
        block = 16 if options['subsampling'] == _COARSEST else 8
    if orientation == UPRIGHT:
        return codec.save(image, 'JPEG', icc_profile=profile, **options)
    options['restart_marker_rows'] = _STRIP // block
    return _in_strips(image, orientation, profile, options)


def _subsampling(sampling: list[int], turned: bool) -> int:
    first, second = sampling[0], sampling[1]
    ratio = (first >> 4) // max(1, second >> 4), (first & 15) // max(1, second & 15)
    if turned and ratio[0] != ratio[1]:
        return 0  # there is no 4:2:2 on its side
    return _SUBSAMPLING.get(ratio, 0)


def _in_strips(image: 'Image', orientation: int, profile: bytes, options: dict[str, Any]) -> bytes:
    """Turns and encodes strip after strip, since a turned copy of the whole would be as big as
    the picture itself. A decoder begins afresh at each restart marker (T.81, E.1.4), so that
    pictures of one width, coded alike, may follow each other as intervals of one scan."""
    height = upright_size(image.size, orientation)[1]
    parts = []
    for number, top in enumerate(range(0, height, _STRIP)):
        rows = codec.upright_rows(image, orientation, top, min(top + _STRIP, height))
        if number == 0:
            head, data = _cut(codec.save(rows, 'JPEG', icc_profile=profile, **options))
            parts = [_with_height(head, height), data]
        else:
            data = _cut(codec.save(rows, 'JPEG', **options))[1]
            parts += [bytes([0xFF, _RESTART + (number - 1) % 8]), data]
    return b''.join([*parts, b'\xff\xd9'])


def _cut(encoded: bytes) -> tuple[bytes, bytes]:
    scan = next(each for each in segments(encoded) if each.marker == SCAN)
    return encoded[:scan.end], encoded[scan.end:-2]


def _with_height(head: bytes, height: int) -> bytes:
    frame = next(each for each in segments(head) if each.marker == 0xC0)
    place = frame.start + 5  # behind marker, length and precision
    return head[:place] + height.to_bytes(2, 'big') + head[place + 2:]
