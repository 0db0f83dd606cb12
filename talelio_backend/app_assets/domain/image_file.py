"""How the files of images are called: in the object store, in addresses, in what people write."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote, urlsplit
from uuid import UUID

from talelio_backend.shared.domain.text import clean_line, has_control_characters

VARIANT_WIDTHS = (320, 640, 1280)
FOLDER = 'users/'
LONGEST_NAME = 200

_ID = r'(?P<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})'
_FILE = re.compile(rf'{_ID}(?:-(?P<width>[1-9][0-9]{{0,4}}))?\.(?P<extension>jpg|png|gif|webp)')
_ADDRESS = re.compile(rf'/users/[^/]+/images/(?P<file>{_FILE.pattern})\Z')


@dataclass(frozen=True, slots=True)
class ImageFile:
    """``<uuid>.<ext>``, or ``<uuid>-<width>.webp`` of a variant."""

    image_id: UUID
    extension: str
    width: int | None = None

    @classmethod
    def parse(cls, name: str) -> Self | None:
        """Reads a name in exactly the form that is given out; None for any other."""
        match = _FILE.fullmatch(name)
        if match is None or (match['width'] and match['extension'] != 'webp'):
            return None
        return cls(UUID(match['id']), match['extension'],
                   int(match['width']) if match['width'] else None)

    @property
    def name(self) -> str:
        width = '' if self.width is None else f'-{self.width}'
        return f'{self.image_id}{width}.{self.extension}'

    def key(self, owner_id: UUID) -> str:
        """Where the object store keeps it."""
        return f'{FOLDER}{owner_id}/images/{self.name}'


def keys_of_image(image_id: UUID, owner_id: UUID, extension: str) -> list[str]:
    """Where the files of an image are or may be: the original, then every possible variant."""
    files = [ImageFile(image_id, extension)]
    files += [ImageFile(image_id, 'webp', width) for width in VARIANT_WIDTHS]
    return [file.key(owner_id) for file in files]


def images_named_in(links: Iterable[str]) -> list[UUID]:
    """The images whose files, original or variant, ``links`` name; sorted, each once.

    Only the path is looked at: texts keep absolute addresses of hosts that may have moved, and an
    id says which image is meant whatever stands before it.
    """
    found: set[UUID] = set()
    for link in links:
        if '/images/' not in unquote(link):
            continue  # nearly all are; taking an address apart is dear
        try:
            path = unquote(urlsplit(link.strip()).path)
        except ValueError:
            continue
        match = _ADDRESS.search(path)
        file = ImageFile.parse(match['file']) if match else None
        if file is not None:
            found.add(file.image_id)
    return sorted(found)


def shown_name(sent: str, *, extension: str) -> str:
    """The name that a file is shown under: as sent, without folders and control characters, 200
    characters at most; ``image.<extension>`` where nothing is left."""
    bare = re.split(r'[/\\]', sent)[-1]
    if has_control_characters(bare, allow_newlines=False):
        bare = ''.join(character for character in bare
                       if not has_control_characters(character, allow_newlines=False))
    return clean_line(clean_line(bare)[:LONGEST_NAME]) or f'image.{extension}'
