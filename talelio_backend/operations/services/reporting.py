from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from talelio_backend.operations.domain.manifest import Manifest
from talelio_backend.operations.services.ports import Proofs, Vault


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How the backups stand, for those who watch; None and 0 where there is nothing yet.
    ``seconds`` is how long the last drill took."""

    last_success: datetime | None
    last_verified: datetime | None
    size: int
    seconds: float
    media_missing: int


@dataclass(frozen=True, kw_only=True)
class ListedBackup:
    manifest: Manifest
    verified_at: datetime | None


class ReportingService:
    """Raises StorageUnavailable."""

    def __init__(self, *, vault: Vault, proofs: Proofs) -> None:
        self._vault = vault
        self._proofs = proofs

    def list(self) -> Sequence[ListedBackup]:
        """Newest first."""
        manifests = self._vault.list()
        proofs = self._proofs.all() if manifests else {}
        found = []
        for manifest in manifests:
            proof = proofs.get(manifest.name)
            proven = proof is not None and proof.proves(manifest)
            found.append(
                ListedBackup(manifest=manifest,
                             verified_at=proof.verified_at if proof and proven else None))
        return found

    def standing(self) -> Standing:
        newest = next(iter(self._vault.list()), None)
        last = max(self._proofs.all().values(), key=lambda proof: proof.verified_at, default=None)
        count = self._proofs.last_count()
        return Standing(last_success=newest.created_at if newest else None,
                        last_verified=last.verified_at if last else None,
                        size=newest.size if newest else 0,
                        seconds=last.seconds if last else 0,
                        media_missing=count.missing if count else 0)
