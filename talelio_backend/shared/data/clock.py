from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's clock, moved by ``offset`` seconds where a developer wants to see tomorrow."""

    def __init__(self, offset: float = 0) -> None:
        self._offset = timedelta(seconds=offset)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset
