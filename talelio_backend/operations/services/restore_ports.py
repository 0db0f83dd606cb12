"""What it needs to put something else in the place of the live database, besides the ports of
backups. Whatever reaches PostgreSQL raises DatabaseUnavailable, besides what is named."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from talelio_backend.operations.services.ports import Contents


class Source(Protocol):
    """What a database is filled from."""

    @property
    def name(self) -> str:
        """Short; it stands in the note of the safety backup."""
        ...

    def fill(self, database: str) -> None:
        """Loads into the empty ``database``, whole or not at all. Raises Corrupted, NoIdentity,
        LoadFailed."""
        ...

    def check(self, contents: Contents) -> None:
        """Looks at what was loaded, before any migration. Raises NotProven, NotABackup."""
        ...

    def complete(self, database: str) -> None:
        """What belongs to the contents and is done once they are at the schema of this code: the
        files that rows name, the addresses within them."""
        ...


class Exchange(Protocol):
    """Databases on the server of the live one change their names."""

    @property
    def live(self) -> str:
        """The name of the live database."""
        ...

    def check(self) -> None:
        """Raises NotAllowed where ``exchange`` could not work; changes nothing."""
        ...

    def inherit(self, database: str) -> None:
        """Gives ``database`` the rights, settings and limits that the live one has as a
        database."""
        ...

    def exchange(self, *, beside: str, before: str) -> None:
        """``beside`` becomes the live database, and the live one is called ``before``; both or
        nothing, at once for everybody. Raises StillInUse."""
        ...

    def replaced(self) -> Mapping[str, datetime]:
        """The databases that were replaced, and when."""
        ...


class RestoredHouse(Protocol):
    """This code on a database that nobody else has seen yet."""

    def migrate(self, database: str) -> None:
        """To this code's schema."""
        ...

    def settle(self, database: str) -> None:
        """Ends what went on when the contents were saved: sessions, and jobs whose work was done
        since."""
        ...


class Script(Protocol):
    """psql, with a file of SQL."""

    def run(self, file: Path, *, database: str) -> None:
        """As one transaction, until the first error. Raises LoadFailed."""
        ...
