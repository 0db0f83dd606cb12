from dataclasses import dataclass

from talelio_backend.shared.domain.events import Event


@dataclass(frozen=True, kw_only=True)
class ActivityExported(Event):
    """A read, and recorded all the same: it carries personal data away."""

    action = 'activity_exported'
    activity = 'Exported the activity as {format}'

    format: str
