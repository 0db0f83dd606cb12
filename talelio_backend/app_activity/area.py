from typing import Protocol

from talelio_backend.app_activity.commands import activity_group
from talelio_backend.app_activity.data.chain_store import SqlChainStore
from talelio_backend.app_activity.data.queries import SqlActivityQueries, SqlExportRows
from talelio_backend.app_activity.data.recorder import ActivityRecorder
from talelio_backend.app_activity.data.unit_of_work import SqlActivityUnitOfWork
from talelio_backend.app_activity.domain.events import ActivityExported
from talelio_backend.app_activity.presentation import resources
from talelio_backend.app_activity.presentation.export_resources import ExportResource
from talelio_backend.app_activity.services.chaining import RETIRE, SEAL, VERIFY, ChainService
from talelio_backend.app_activity.services.exporting import ExportingService
from talelio_backend.app_activity.services.ports import ActivityUnitOfWork
from talelio_backend.app_activity.services.reactions import REACTIONS, REDACT
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

    def open_uow() -> ActivityUnitOfWork:
        return SqlActivityUnitOfWork(kernel.transactions)

    exporting = ExportingService(open_uow=open_uow, rows=SqlExportRows(kernel.read))
    return Area(
        name='activity',
        events=(ActivityExported, ),
        recorder=ActivityRecorder(kernel.clock),
        routes=(
            Route(rule='/v1/activity', resource=resources.ActivitiesResource, arguments=read),
            Route(rule='/v1/activity/preview', resource=resources.NewestResource, arguments=read),
            Route(rule='/v1/activity/actions', resource=resources.ActionsResource),
            Route(rule='/v1/activity/export',
                  resource=ExportResource,
                  arguments={'exporting': exporting}),
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
            Handler(name=REDACT, run=chain.forget, attempts=12),
        ),
        reactions=REACTIONS,
        commands=(activity_group(chain, exporting), ),
    )
