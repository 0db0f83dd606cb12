from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PIL.Image import Image


class Container(Protocol):
    """A file as its own format cuts it up; nothing is decoded before `draw` or `encode`."""

    kind: str  # Pillow's name of the format
    orientation: int  # 1 to 8, what EXIF calls so
    whole: bool  # False: cut off, or not as its format wants it

    @property
    def width(self) -> int:
        """Pixels of the canvas as stored, before it is turned upright."""
        ...

    @property
    def height(self) -> int:
        ...

    @property
    def frames(self) -> int:
        ...

    @property
    def memory(self) -> int:
        """Bytes that decoding and encoding take at their peak, roughly."""
        ...

    @property
    def profile(self) -> bytes:
        """The ICC colour profile, or nothing."""
        ...

    def draw(self, room: tuple[int, int] | None = None, /) -> 'Image':
        """The pixels of the first frame as stored; with ``room``, a format that can do so
        cheaply gives a smaller picture of at least that size."""
        ...

    def encode(self) -> bytes:
        """The whole picture anew from its pixels, upright, with nothing but them and their
        colour profile."""
        ...
