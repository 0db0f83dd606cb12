from typing import Protocol
from uuid import UUID


class PictureKeeper(Protocol):
    """Keeps pictures that did not come from the person who has them from now on."""

    def keep(self, *, owner_id: UUID, file_name: str, content: bytes) -> UUID:
        """The image, which may have been there already. Raises what an upload raises: a refusal
        of the picture or of another one, StorageUnavailable, DatabaseUnavailable, Busy."""
        ...
