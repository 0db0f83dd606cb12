from typing import Protocol

from talelio_backend.app_activity.commands import activity_group
from talelio_backend.app_activity.data.chain_store import SqlChainStore
from talelio_backend.app_activity.data.queries import SqlActivityQueries
from talelio_backend.app_activity.data.recorder import ActivityRecorder
from talelio_backend.app_activity.presentation import resources
from talelio_backend.app_activity.services.chaining import RETIRE, SEAL, VERIFY, ChainService
from talelio_backend.shared.area import Area, Kernel, Route
from talelio_backend.shared.services.jobs import Handler


class ActivitySettings(Protocol):
    """The settings that this area reads."""

    @property
    def activity_days(self) -> int:
        """For how long a row is kept; 0: for ever."""
        ...


def plug(kernel: Kernel, settings: ActivitySettings) -> Area:
    read = {'queries': SqlActivityQueries(kernel.read, cursors=kernel.cursors)}
    chain = ChainService(chain=SqlChainStore(kernel.engine, kernel.read),
                         clock=kernel.clock,
                         keep_days=settings.activity_days)
    return Area(
        name='activity',
        recorder=ActivityRecorder(kernel.clock),
        routes=(
            Route(rule='/v1/activity', resource=resources.ActivitiesResource, arguments=read),
            Route(rule='/v1/activity/preview', resource=resources.NewestResource, arguments=read),
            Route(rule='/v1/activity/actions', resource=resources.ActionsResource),
            Route(rule='/v1/activity/chain', resource=resources.ChainResource, arguments=read),
            Route(rule='/v1/activity/<uuid:activity_id>',
                  resource=resources.ActivityResource,
                  arguments=read),
            Route(rule='/v1/me/activity', resource=resources.MyActivityResource, arguments=read),
        ),
        handlers=(
            # The sixth field holds seconds.
            Handler(name=SEAL, run=chain.seal_waiting, cron='* * * * * */10'),
            Handler(name=VERIFY, run=chain.verify_and_note, cron='40 2 * * *'),
            Handler(name=RETIRE, run=chain.retire, cron='20 2 * * *'),
        ),
        commands=(activity_group(chain), ),
    )
