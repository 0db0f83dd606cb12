from datetime import datetime
from typing import Protocol


class Clock(Protocol):

    def now(self) -> datetime:
        """The present time, aware, in UTC, with microseconds."""
        ...
