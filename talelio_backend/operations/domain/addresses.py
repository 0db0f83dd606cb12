"""The addresses of an installation, which people's texts name, and what becomes of them when it
moves."""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """``s3_public_url`` is where browsers find files; None where the API hands them out, under
    ``/v1/`` and their key."""

    public_url: str
    client_url: str
    s3_public_url: str | None

    @property
    def files_url(self) -> str:
        return self.s3_public_url or f'{self.public_url.rstrip("/")}/v1'

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, read: Any) -> Self:
        """Raises KeyError, TypeError for something else."""
        files = read['s3_public_url']
        for url in (read['public_url'], read['client_url'], *([files] if files else [])):
            if not isinstance(url, str) or not url:
                raise TypeError('not an address')
        return cls(public_url=read['public_url'],
                   client_url=read['client_url'],
                   s3_public_url=files)


@dataclass(frozen=True)
class Move:
    """``beginnings`` are those of the addresses that a text must name to be concerned."""

    beginnings: tuple[str, ...]
    rewrite: Callable[[str], str]


def move(old: Addresses, new: Addresses) -> Move | None:
    """None where the addresses are the same. All are replaced in one go: the new address of one
    part may be the old one of another."""
    pairs = {
        old.client_url: new.client_url,
        old.public_url: new.public_url,
    }
    if old.s3_public_url is not None:
        pairs[old.s3_public_url] = new.files_url
    changed = {
        before.rstrip('/'): after.rstrip('/')
        for before, after in pairs.items() if before.rstrip('/') != after.rstrip('/')
    }
    if not changed:
        return None
    # One that keeps its address shields it from another that is its beginning.
    known = {before.rstrip('/'): after.rstrip('/') for before, after in pairs.items()}
    longest_first = sorted(known, key=len, reverse=True)
    # Not the beginning of another host or port: https://a.example is no part of
    # https://a.example.org, nor http://a:80 of http://a:8080.
    pattern = re.compile('(' + '|'.join(map(re.escape, longest_first)) + r')(?![\w-]|[.:][\w-])')
    return Move(tuple(changed), lambda text: pattern.sub(lambda found: known[found[1]], text))
