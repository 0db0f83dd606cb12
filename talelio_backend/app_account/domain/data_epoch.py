from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from talelio_backend.app_account.domain.events import AllSessionsEnded
from talelio_backend.shared.domain.aggregate import Aggregate

THE_ONE = UUID(int=0)


@dataclass(kw_only=True, eq=False)
class DataEpoch(Aggregate):
    """The number that every token carries. Raising it makes all tokens void at once, even where
    an account or a session of the same id exists afterwards."""

    epoch: int = 0

    def advance(self, now: datetime) -> None:
        # Never a number that was used before, also after an older state was restored.
        self.epoch = max(self.epoch + 1, int(now.timestamp() * 1000))
        self.record(AllSessionsEnded(epoch=self.epoch))
