from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail's content in the language that was found."""

    language: str
    subject: str
    text: str
    html: str


class Letters(Protocol):

    def write(self, kind: str, *, language: str, **values: str | int) -> Letter:
        """The letter of a kind in ``language``, or in a language that there is."""
        ...
