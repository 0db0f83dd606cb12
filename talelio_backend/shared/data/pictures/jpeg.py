import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from talelio_backend.shared.data.pictures.exif import UPRIGHT, orientation
from talelio_backend.shared.data.pictures.jpeg_segments import END, SCAN, START, Segment, segments
from talelio_backend.shared.services.images import ImageBroken

if TYPE_CHECKING:
    from PIL.Image import Image

_SEQUENTIAL, _PROGRESSIVE = frozenset({0xC0, 0xC1}), 0xC2
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDD})  # Huffman, arithmetic, quantization, restarts
_JFIF, _EXIF, _PROFILE, _ADOBE = 0xE0, 0xE1, 0xE2, 0xEE
_SIGN_OF_JFIF, _SIGN_OF_EXIF, _SIGN_OF_PROFILE = b'JFIF\0', b'Exif\0\0', b'ICC_PROFILE\0'
_PLAIN_JFIF = b'\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0'
# A progressive file is decoded over the whole picture once for each of its scans. Encoders write
# about ten; a file of 2 MiB can hold tens of thousands.
_MOST_SCANS = 64
# The decoder reads a little ahead of the bits that it needs.
_READ_AHEAD = bytes(8)


@dataclass(kw_only=True)
class Jpeg:
    width: int = 0
    height: int = 0
    process: int = 0  # the marker of the frame header
    sampling: list[int] = field(default_factory=list)  # per channel, columns << 4 | rows
    pieces: list[bytes] = field(default_factory=list)
    profile_parts: dict[int, bytes] = field(default_factory=dict)
    profile_count: int = 0
    channels: set[int] = field(default_factory=set)  # seen in scans
    channels_at_first: int = 0
    scans: int = 0
    orientation: int = UPRIGHT
    whole: bool = False
    kind: str = field(default='JPEG', init=False)
    frames: int = field(default=1, init=False)

    @classmethod
    def read(cls, content: bytes) -> 'Jpeg':
        """Raises ImageBroken where no frame header says how big it is."""
        jpeg = cls()
        open_scan: Segment | None = None
        try:
            for segment in segments(content):
                if open_scan:
                    jpeg._take_scan(open_scan, content[open_scan.start:segment.start])
                open_scan = segment if segment.marker == SCAN else None
                jpeg._take(segment, content[segment.start:segment.end])
        except (struct.error, IndexError):
            jpeg.whole = False
        if not jpeg.width * jpeg.height:
            raise ImageBroken()
        return jpeg

    @property
    def memory(self) -> int:
        # All coefficients of a progressive picture are kept till its last scan, two bytes each.
        return (10 if self.process == _PROGRESSIVE else 4) * self.width * self.height

    @property
    def profile(self) -> bytes:
        numbers = range(1, self.profile_count + 1)
        if set(numbers) != set(self.profile_parts):
            return b''
        return b''.join(self.profile_parts[number] for number in numbers)

    def draw(self, room: tuple[int, int] | None = None, /) -> 'Image':
        from talelio_backend.shared.data.pictures import codec

        # The decoder fills what is missing before an end marker with grey and says nothing; it
        # does complain where the file just stops. Where it needs the marker (several scans), a
        # scan that was cut means less detail, not less of a picture.
        end = _READ_AHEAD if self._at_once else bytes([0xFF, END])
        return codec.load(b''.join([bytes([0xFF, START]), *self.pieces, end]), 'JPEG', room)

    def encode(self) -> bytes:
        from talelio_backend.shared.data.pictures import jpeg_writer

        return jpeg_writer.write(self.draw(), self.orientation, self.sampling, self.profile)

    @property
    def _at_once(self) -> bool:
        """Whether one scan holds all channels whole."""
        return self.process in _SEQUENTIAL and self.channels_at_first == len(self.sampling)

    def _take(self, segment: Segment, raw: bytes) -> None:
        marker, body = segment.marker, segment.body
        if marker == END:
            self.whole = self._fits()
        elif self.scans and self._at_once:
            return  # all there is to see has been seen
        elif marker in _FRAMES:
            self._take_frame(segment, raw)
        elif marker in _TABLES:
            self.pieces.append(raw)
        elif marker == _JFIF and body.startswith(_SIGN_OF_JFIF):
            self.pieces.append(_PLAIN_JFIF)  # it tells YCbCr from RGB
        elif marker == _ADOBE and body.startswith(b'Adobe'):
            self.pieces.append(raw)  # the same, and CMYK from YCCK
        elif marker == _EXIF and body.startswith(_SIGN_OF_EXIF):
            self.orientation = orientation(body.removeprefix(_SIGN_OF_EXIF))
        elif marker == _PROFILE and body.startswith(_SIGN_OF_PROFILE):
            number, self.profile_count, *_ = body[len(_SIGN_OF_PROFILE):]
            self.profile_parts[number] = body[len(_SIGN_OF_PROFILE) + 2:]

    def _take_frame(self, segment: Segment, raw: bytes) -> None:
        if self.process:
            raise IndexError  # two frames are two pictures
        _, self.height, self.width, channels = struct.unpack_from('>BHHB', segment.body)
        self.sampling = [segment.body[7 + 3 * number] for number in range(channels)]
        self.process = segment.marker
        self.pieces.append(raw)

    def _take_scan(self, scan: Segment, raw: bytes) -> None:
        count = scan.body[0]
        if not self.scans:
            self.channels_at_first = count
        if not self.scans or not self._at_once:
            self.pieces.append(raw)
        self.channels |= {scan.body[1 + 2 * number] for number in range(count)}
        self.scans += 1

    def _fits(self) -> bool:
        return self.scans <= _MOST_SCANS and len(self.channels) == len(self.sampling) > 0
