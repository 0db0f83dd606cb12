import struct

_ORIENTATION = 0x0112
_SHORT = 3
_ENTRY = 12
UPRIGHT = 1
_ON_ITS_SIDE = 5  # from this orientation on, columns become rows
_FROM_THE_RIGHT, _FROM_BELOW = frozenset({2, 3, 7, 8}), frozenset({3, 4, 6, 7})


def orientation(tiff: bytes) -> int:
    """How the picture is to be turned, 1 to 8 (Exif 2.32, 4.6.4 A); 1 where ``tiff``, the TIFF
    structure of an EXIF block, says nothing that can be understood."""
    order = {b'II*\0': '<', b'MM\0*': '>'}.get(tiff[:4])
    if order is None:
        return UPRIGHT
    try:
        start, = struct.unpack_from(f'{order}I', tiff, 4)
        entries, = struct.unpack_from(f'{order}H', tiff, start)
        for entry in range(start + 2, start + 2 + entries * _ENTRY, _ENTRY):
            tag, kind, _, value = struct.unpack_from(f'{order}HHIH', tiff, entry)
            if tag == _ORIENTATION:
                return value if kind == _SHORT and 1 <= value <= 8 else UPRIGHT
    except struct.error:
        pass
    return UPRIGHT


def is_on_its_side(turn: int) -> bool:
    return turn >= _ON_ITS_SIDE


def upright_size(size: tuple[int, int], turn: int) -> tuple[int, int]:
    width, height = size
    return (height, width) if is_on_its_side(turn) else (width, height)


def upright_corner(size: tuple[int, int], left: int, top: int, part: tuple[int, int],
                   turn: int) -> tuple[int, int]:
    """Where the part of a picture of ``size`` that begins at ``left`` and ``top`` begins in the
    upright one."""
    if turn in _FROM_THE_RIGHT:
        left = size[0] - left - part[0]
    if turn in _FROM_BELOW:
        top = size[1] - top - part[1]
    return (top, left) if is_on_its_side(turn) else (left, top)
