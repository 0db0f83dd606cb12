from talelio_backend.app_activity.data.queries import SqlActivityQueries
from talelio_backend.app_activity.data.recorder import ActivityRecorder
from talelio_backend.app_activity.presentation import resources
from talelio_backend.shared.area import Area, Kernel, Route


def plug(kernel: Kernel, _settings: object) -> Area:
    read = {'queries': SqlActivityQueries(kernel.read, cursors=kernel.cursors)}
    return Area(
        name='activity',
        recorder=ActivityRecorder(kernel.clock),
        routes=(
            Route(rule='/v1/activity', resource=resources.ActivitiesResource, arguments=read),
            Route(rule='/v1/activity/preview', resource=resources.NewestResource, arguments=read),
            Route(rule='/v1/activity/actions', resource=resources.ActionsResource),
            Route(rule='/v1/activity/<uuid:activity_id>',
                  resource=resources.ActivityResource,
                  arguments=read),
            Route(rule='/v1/me/activity', resource=resources.MyActivityResource, arguments=read),
        ),
    )
