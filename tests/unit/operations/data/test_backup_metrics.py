from collections.abc import Callable
from threading import Event

from structlog.testing import capture_logs

from talelio_backend.operations.data.backup_metrics import BackupCollector
from talelio_backend.operations.services.reporting import Standing
from talelio_backend.shared.domain.errors import StorageUnavailable
from tests.fakes import NOON

STANDING = Standing(last_success=NOON, last_verified=None, size=7, seconds=1.5, media_missing=2)


def gauges(collector: BackupCollector) -> dict[str, float]:
    return {
        sample.name.removeprefix('talelio_'): sample.value
        for family in collector.collect()
        for sample in family.samples
    }


def answering(*answers: Callable[[], Standing]) -> Callable[[], Standing]:
    waiting = iter(answers)

    def ask() -> Standing:
        answer = next(waiting)
        return answer()

    return ask


def stand() -> Standing:
    return STANDING


def fail() -> Standing:
    raise StorageUnavailable()


def test_what_is_not_yet_there_is_0() -> None:
    assert gauges(BackupCollector(stand)) == {
        'backup_last_success_timestamp_seconds': NOON.timestamp(),
        'backup_last_verified_timestamp_seconds': 0,
        'backup_bytes': 7,
        'backup_media_missing': 2,
        'restore_drill_seconds': 1.5
    }


def test_what_was_said_last_holds_while_the_bucket_is_away() -> None:
    collector = BackupCollector(answering(stand, fail))
    with capture_logs() as logs:
        assert gauges(collector) == gauges(collector) != {}
    assert [line['event'] for line in logs] == ['backup_metrics_failed']


def test_before_the_first_answer_nothing_is_said() -> None:
    with capture_logs():
        assert not gauges(BackupCollector(fail))


def test_a_bucket_that_hangs_holds_nobody_up() -> None:
    go = Event()

    def hang() -> Standing:
        go.wait(60)
        return STANDING

    collector = BackupCollector(answering(hang, stand), limit=0.05)
    with capture_logs() as logs:
        assert not gauges(collector) and not gauges(collector)
    go.set()
    assert [line['event'] for line in logs] == ['backup_metrics_too_slow'] * 2
