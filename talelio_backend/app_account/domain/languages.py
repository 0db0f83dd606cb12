from collections.abc import Iterable
from dataclasses import dataclass

from talelio_backend.shared.domain.errors import Fault, Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Languages:
    """The languages that an account may choose from, as tags in lower case (``en``, ``fi``)."""

    offered: tuple[str, ...]
    default: str

    def checked(self, tag: str, pointer: str = '/language') -> str:
        """Raises Invalid for a language that is not offered."""
        if tag not in self.offered:
            raise Invalid(Fault(pointer, 'not_an_option', 'one of ' + ', '.join(self.offered)))
        return tag

    def best(self, accepted: Iterable[str]) -> str:
        """The first of ``accepted`` (the reader's preference, best first) that is offered, its
        region put aside; else the default."""
        for tag in accepted:
            primary = tag.lower().partition('-')[0]
            for candidate in (tag.lower(), primary):
                if candidate in self.offered:
                    return candidate
        return self.default
