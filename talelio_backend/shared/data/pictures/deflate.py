"""zlib streams of strangers, unpacked no further than there is need."""
import zlib

_PIECE = 1 << 20


def unpack(packed: bytes, most: int) -> bytes:
    """Raises zlib.error where it is damaged or longer than ``most`` bytes."""
    stream = zlib.decompressobj()
    unpacked = stream.decompress(packed, most)
    if not stream.eof:
        raise zlib.error('cut off, or too long')
    return unpacked


def unpacks_to(packed: bytes, length: int) -> bool:
    """Whether at least ``length`` bytes come out, sound ones where it ends there. Nothing is
    kept of them."""
    stream = zlib.decompressobj()
    unpacked = 0
    try:
        while not stream.eof and unpacked <= length:
            piece = stream.decompress(packed, _PIECE)
            packed = stream.unconsumed_tail
            unpacked += len(piece)
            if not piece and not packed:
                break
    except zlib.error:
        return False
    return unpacked > length or (unpacked == length and stream.eof)
