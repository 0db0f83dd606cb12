from dataclasses import dataclass

from talelio_backend.app_assets.domain.errors import QuotaExceeded


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a person's images take, variants not counted."""

    images: int
    size: int

    def plus(self, *sizes: int) -> 'Usage':
        return Usage(images=self.images + len(sizes), size=self.size + sum(sizes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What a person's images may take together: ``size`` in bytes."""

    images: int
    size: int

    def check(self, used: Usage, *sizes: int) -> None:
        """Whether images of these sizes fit in beside what is there. Raises QuotaExceeded."""
        if not sizes:
            return
        wanted = used.plus(*sizes)
        if wanted.size > self.size or wanted.images > self.images:
            raise QuotaExceeded(used_bytes=used.size,
                                quota_bytes=self.size,
                                used_images=used.images,
                                quota_images=self.images)
