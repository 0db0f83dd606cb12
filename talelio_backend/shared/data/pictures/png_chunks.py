"""The parts that a PNG is made of (W3C, Portable Network Graphics, third edition)."""
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from zlib import crc32

from talelio_backend.shared.services.images import ImageBroken

SIGNATURE = b'\x89PNG\r\n\x1a\n'
GREY, COLOR, PALETTE = 0, 2, 3  # color types
_HEADER = struct.Struct('>IIBBBBB')
_CHANNELS = {GREY: 1, COLOR: 3, PALETTE: 1, 4: 2, 6: 4}
_DEPTHS = {GREY: {1, 2, 4, 8, 16}, COLOR: {8, 16}, PALETTE: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
# The passes of an interlaced picture: first column and row, steps to the right and down.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
           (0, 1, 1, 2))


class Damaged(Exception):
    """Cut off, or a checksum that does not fit."""


def chunk(name: bytes, *body: bytes) -> bytes:
    joined = b''.join(body)
    return b''.join([
        len(joined).to_bytes(4, 'big'), name, joined,
        crc32(joined, crc32(name)).to_bytes(4, 'big')
    ])


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each up to the end, which is not among them. Raises Damaged."""
    position = len(SIGNATURE)
    while True:
        length = int.from_bytes(content[position:position + 4], 'big')
        name = content[position + 4:position + 8]
        end = position + 8 + length
        body = content[position + 8:end]
        if crc32(body, crc32(name)) != int.from_bytes(content[end:end + 4], 'big'):
            raise Damaged
        if end + 4 > len(content):
            raise Damaged
        if name == b'IEND':
            return
        yield name, body
        position = end + 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    width: int
    height: int
    depth: int
    color_type: int
    interlaced: int = 0

    @classmethod
    def read(cls, content: bytes) -> 'Header':
        """Raises ImageBroken where it is cut off or says what no header may."""
        start = len(SIGNATURE) + 8
        if content[start - 8:start] != b'\0\0\0\x0dIHDR' or len(content) < start + _HEADER.size:
            raise ImageBroken()
        width, height, depth, color_type, packing, filters, interlaced = _HEADER.unpack_from(
            content, start)
        if (not width * height or depth not in _DEPTHS.get(color_type, ()) or packing or filters
                or interlaced > 1):
            raise ImageBroken()
        return cls(width=width,
                   height=height,
                   depth=depth,
                   color_type=color_type,
                   interlaced=interlaced)

    def sized(self, width: int, height: int) -> 'Header':
        return replace(self, width=width, height=height)

    def pack(self) -> bytes:
        return chunk(
            b'IHDR',
            _HEADER.pack(self.width, self.height, self.depth, self.color_type, 0, 0,
                         self.interlaced))

    def unpacked_length(self) -> int:
        """Bytes of all rows, each with the number of its filter before it."""
        bits = self.depth * _CHANNELS[self.color_type]
        passes = _PASSES if self.interlaced else ((0, 0, 1, 1), )
        length = 0
        for left, top, right, down in passes:
            columns, rows = -((left - self.width) // right), -((top - self.height) // down)
            if columns > 0 and rows > 0:
                length += rows * (1 + (columns * bits + 7) // 8)
        return length
