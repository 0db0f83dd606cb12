from typing import Protocol


class RestoreFlag(Protocol):
    """Tells every process of an installation that its database is being exchanged, so that they
    know why it does not answer. It only explains: nobody waits for it, and nothing breaks where
    it is lost."""

    def raise_for(self, seconds: int) -> None:
        """Up from now on for this long. Raises SessionStoreUnavailable."""
        ...

    def is_up(self) -> bool:
        """False too where the store does not answer."""
        ...
