"""When the nightly backup is due."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Once a day, ``at`` this time in UTC."""

    at: time

    def last_before(self, now: datetime) -> datetime:
        """The last time that a backup should have begun."""
        today = datetime.combine(now.astimezone(UTC).date(), self.at, tzinfo=UTC)
        return today if today <= now else today - _DAY

    def is_due(self, *, now: datetime, newest: datetime | None, there_since: datetime) -> bool:
        """Whether a time has passed without a backup. One that was missed is made up for; only an
        installation that was not there yet at that time has missed nothing."""
        last = self.last_before(now)
        return there_since <= last if newest is None else newest < last

    @property
    def cron(self) -> str:
        return f'{self.at.minute} {self.at.hour} * * *'
