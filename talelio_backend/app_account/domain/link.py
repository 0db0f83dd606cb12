from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from talelio_backend.shared.domain.aggregate import Aggregate


class Purpose(StrEnum):
    """What a link by mail may be redeemed for, and for nothing else."""

    VERIFY_EMAIL = 'verify_email'


LIFETIMES = {Purpose.VERIFY_EMAIL: timedelta(hours=24)}


@dataclass(kw_only=True, eq=False)
class Link(Aggregate):
    """A link by mail. The token itself is nowhere; ``token_digest`` is its SHA-256. ``email`` is
    the address that redeeming it proves."""

    purpose: Purpose
    account_id: UUID
    email: str
    token_digest: bytes
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        return self.used_at is None and now < self.expires_at
