from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from talelio_backend.shared.domain.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work for the worker. ``arguments`` are JSON-able and hold no secret: they are stored.

    ``lock``: no two jobs with the same lock run at the same time. ``once``: while a job with the
    same value waits, another is not added.
    """

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    run_at: datetime | None = None
    lock: str | None = None
    once: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """How a job is done. ``run`` takes the job's arguments as keywords and is idempotent: a
    committed job runs at least once. ``attempts`` counts the first; between two the pause starts
    at ``pause`` seconds and doubles up to ``longest_pause``. ``cron`` (five fields; a
    sixth has seconds) makes it periodic; it then runs once when a worker starts as well.
    ``notifies``: its jobs tell somebody something, as a mail does; a restored backup must not
    have it told once more."""

    name: str
    run: Callable[..., None]
    attempts: int = 5
    pause: int = 2
    longest_pause: int = 3600
    cron: str | None = None
    notifies: bool = False
    on_exhausted: Callable[..., None] | None = None


Reaction = Callable[[Any], list[Job]]
"""Turns one event into the jobs that it causes; they are stored in the event's transaction."""

Reactions = Mapping[type[Event], list[Reaction]]


class Jobs(Protocol):
    """Stores jobs outside of a unit of work: for the command line and for the worker itself."""

    def defer(self, *jobs: Job) -> None:
        ...
