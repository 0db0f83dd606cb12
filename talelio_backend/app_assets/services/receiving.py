import hashlib
from dataclasses import dataclass
from uuid import UUID

from talelio_backend.app_assets.services.uploading import UploadingService


@dataclass(frozen=True, kw_only=True)
class GivenFile:
    """See the port ``SentFile``; one that another area brings."""

    file_name: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.content).digest()

    def read(self) -> bytes:
        return self.content


class ReceivingService:
    """See the port ``PictureKeeper``."""

    def __init__(self, uploading: UploadingService) -> None:
        self._uploading = uploading

    def keep(self, *, owner_id: UUID, file_name: str, content: bytes) -> UUID:
        file = GivenFile(file_name=file_name, content=content)
        return self._uploading.upload(owner_id=owner_id, files=[file]).image_ids[0]
