"""What happens elsewhere, and what it means for those who wait."""

from talelio_backend.app_account.domain.events import AccountBlocked, AccountEvent
from talelio_backend.app_library.services.advancing import cancel_job
from talelio_backend.app_library.services.notices import HOLD_NOTICES, on_hold
from talelio_backend.shared.services.jobs import Job, Reactions


def on_blocked(event: AccountEvent) -> list[Job]:
    return [cancel_job(event.account_id)]


REACTIONS: Reactions = {
    **{
        event: [on_hold]
        for event in HOLD_NOTICES
    },
    AccountBlocked: [on_blocked],
}
