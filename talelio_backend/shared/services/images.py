from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from talelio_backend.shared.domain.errors import DomainError, Fault, NotSupported, RuleBroken


class PictureRefused(DomainError):
    """A picture that is not taken. Whoever has several to judge names the bad ones."""

    def __init__(self, *faults: Fault, **data: Any) -> None:
        super().__init__(**data)
        self.faults = faults


class ImageTypeNotSupported(PictureRefused, NotSupported):
    code = 'image_type_not_supported'
    title = 'Only JPEG, PNG, GIF and WebP pictures are accepted.'


class ImageTooManyPixels(PictureRefused, RuleBroken):
    code = 'image_too_many_pixels'
    title = 'The picture has more pixels than are accepted.'


class ImageBroken(PictureRefused, RuleBroken):
    code = 'image_broken'
    title = 'The picture cannot be read to its last pixel.'


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An encoded picture. Sizes in pixels; ``extension`` without a dot."""

    content: bytes
    content_type: str
    extension: str
    width: int
    height: int
    frames: int


class ImagePipeline(Protocol):
    """Turns what people send into pictures that are safe to serve."""

    def check(self, content: bytes) -> None:
        """Judges signature and header alone, decodes nothing.

        Raises ImageTypeNotSupported, ImageTooManyPixels (also for more than this process has
        memory for), ImageBroken (an unreadable header).
        """
        ...

    def normalize(self, content: bytes) -> Picture:
        """The picture encoded anew from its pixels: upright, colour profile kept, every other
        piece of metadata gone, animations with their frames. Decodes once.

        Raises what ``check`` raises, and ImageBroken when it does not decode to the last pixel.
        """
        ...

    def variants(self, content: bytes, widths: Sequence[int]) -> list[Picture]:
        """WebP pictures of those ``widths`` that are narrower than the original, from one
        decoding; none for an animation. Raises ImageBroken, ImageTooManyPixels."""
        ...
