import re
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

_FORM = re.compile(r'rt_([0-9a-f]{32})\.([A-Za-z0-9_-]{43})', re.ASCII)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """``rt_<family>.<secret>``: the family is the session's id, the secret 32 bytes in base64url.
    Only the digest of the secret is ever stored, and no log shows it."""

    family: UUID
    secret: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """None for anything that is not of the form."""
        match = _FORM.fullmatch(text)
        return cls(UUID(hex=match[1]), match[2]) if match else None

    @property
    def text(self) -> str:
        return f'rt_{self.family.hex}.{self.secret}'
