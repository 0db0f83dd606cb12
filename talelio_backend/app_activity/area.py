from talelio_backend.app_activity.data.recorder import ActivityRecorder
from talelio_backend.shared.area import Area, Kernel


def plug(kernel: Kernel, _settings: object) -> Area:
    return Area(name='activity', recorder=ActivityRecorder(kernel.clock))
