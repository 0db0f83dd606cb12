"""Which backups are kept."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from talelio_backend.operations.domain.manifest import Manifest

SAFETY = timedelta(days=7)  # how long what a restore replaced is kept


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How many days, ISO weeks and months keep their newest backup. Only those that have one
    count, from the newest backup and not from today: where backups stop, nothing is lost."""

    daily: int
    weekly: int
    monthly: int

    def kept(self, backups: Iterable[Manifest], *, now: datetime) -> frozenset[str]:
        """The names of the backups to keep; the newest is always one of them."""
        newest_first = sorted(backups, key=lambda one: (one.created_at, one.name), reverse=True)
        if not newest_first:
            return frozenset()
        # Whichever is earlier, so that safety backups too outlive a pause.
        safe_since = min(now, newest_first[0].created_at) - SAFETY
        safe = {one.name for one in newest_first if one.is_safety and one.created_at >= safe_since}
        return frozenset({newest_first[0].name}
                         | _newest_of_each(newest_first, _day, self.daily)
                         | _newest_of_each(newest_first, _week, self.weekly)
                         | _newest_of_each(newest_first, _month, self.monthly) | safe)


def _newest_of_each(newest_first: Sequence[Manifest], period: Callable[[datetime], Hashable],
                    number: int) -> set[str]:
    newest: dict[Hashable, str] = {}
    for one in newest_first:
        newest.setdefault(period(one.created_at.astimezone(UTC)), one.name)
    return set([*newest.values()][:number])


def _day(moment: datetime) -> Hashable:
    return moment.date()


def _week(moment: datetime) -> Hashable:
    year, week, _day_of_week = moment.isocalendar()
    return year, week


def _month(moment: datetime) -> Hashable:
    return moment.year, moment.month
