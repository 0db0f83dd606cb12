"""What other areas announce, turned into jobs of the log."""

from talelio_backend.app_account.domain.events import UnverifiedAccountRemoved
from talelio_backend.shared.services.jobs import Job, Reactions

REDACT = 'activity.redact'


def on_account_removed(event: UnverifiedAccountRemoved) -> list[Job]:
    """Nothing about a person stays in the log who is gone."""
    return [Job(name=REDACT, arguments={'person': str(event.account_id)})]


REACTIONS: Reactions = {UnverifiedAccountRemoved: [on_account_removed]}
