from collections.abc import Callable, Sequence
from uuid import UUID

from talelio_backend.app_assets.services.ports import AssetsUnitOfWork, Referrer

TRACK_REFERENCES = 'assets.track_references'


class TrackingService:
    """Keeps the record of what shows which image, after the fact."""

    def __init__(self, *, open_uow: Callable[[], AssetsUnitOfWork]) -> None:
        self._open_uow = open_uow

    def track(self, *, kind: str, thing: str, title: str, owner: str | None,
              images: Sequence[str]) -> None:
        """Replaces what was known of one thing. Jobs about it have one lock and so come in the
        order of its changes, repeated ones included: the last word is the newest."""
        referrer = Referrer(kind=kind,
                            id=UUID(thing),
                            title=title,
                            owner_id=None if owner is None else UUID(owner))
        with self._open_uow() as uow:
            uow.references.replace(referrer, [UUID(image) for image in images])
            uow.commit()
