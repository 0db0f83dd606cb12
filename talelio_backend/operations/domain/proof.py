"""That a backup was restored, and when."""

from dataclasses import dataclass
from datetime import datetime

from talelio_backend.operations.domain.manifest import Manifest


@dataclass(frozen=True, kw_only=True)
class Proof:
    """``sha256`` is that of the dump which was restored: what another dump of the same name
    proved says nothing. ``seconds`` is how long it took."""

    name: str
    sha256: str
    verified_at: datetime
    seconds: float

    def proves(self, manifest: Manifest) -> bool:
        return self.name == manifest.name and self.sha256 == manifest.sha256
