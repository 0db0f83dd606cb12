"""What the doctor looks at, bound to the adapters of this installation."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine

from talelio_backend.operations.data.database_examinations import (examine_clock, examine_database,
                                                                   examine_schema, examine_worker)
from talelio_backend.operations.data.service_examinations import (examine_backups_private,
                                                                  examine_disk, examine_mail,
                                                                  examine_objects, examine_proxies,
                                                                  examine_redis,
                                                                  examine_redis_policy)
from talelio_backend.operations.domain.diagnosis import NAMES, Finding, doubtful, good, skipped
from talelio_backend.operations.services.diagnosing import Examination, Examine
from talelio_backend.shared.area import Kernel
from talelio_backend.shared.data.health import check_database, code_revisions
from talelio_backend.shared.data.s3_connection import S3Options

# Beside the pools of the engines: the worker's queue, and the process of the metrics.
_OTHER_CONNECTIONS = 9


class DoctorSettings(Protocol):
    """The settings that the doctor compares with what it finds."""

    @property
    def env(self) -> str:
        ...

    @property
    def warnings(self) -> Sequence[str]:
        ...

    @property
    def web_concurrency(self) -> int:
        ...

    @property
    def database_pool_size(self) -> int:
        ...

    @property
    def database_pool_overflow(self) -> int:
        ...

    @property
    def s3_bucket(self) -> str:
        ...

    @property
    def s3_backups_bucket(self) -> str:
        ...

    @property
    def mail_backend(self) -> str:
        ...

    @property
    def clock_offset(self) -> float:
        ...

    @property
    def data_dir(self) -> Path:
        ...

    @property
    def trusted_proxies(self) -> tuple[str, ...]:
        ...


def examinations(settings: DoctorSettings, kernel: Kernel, engine: Engine, *, objects: S3Options,
                 backup: Examine) -> list[Examination]:
    """``engine`` in autocommit, with a connection for each examination of the database."""
    head, known = code_revisions()
    examine: dict[str, tuple[Examine, str]] = {
        'settings': (_settings(settings), 'Set what is named.'),
        'database': (examine_database(engine, wanted=most_connections(settings)),
                     'Start PostgreSQL, or mend DATABASE_URL.'),
        'schema':
        (examine_schema(check_database(engine, head=head,
                                       known=known)), 'Start PostgreSQL, or mend DATABASE_URL.'),
        'redis': (examine_redis(kernel.redis), 'Start Redis, or mend REDIS_URL.'),
        'redis_policy': (examine_redis_policy(kernel.redis), 'Start Redis, or mend REDIS_URL.'),
        's3': (examine_objects(kernel.objects, bucket=settings.s3_bucket),
               'Make the bucket S3_BUCKET, or mend its address and keys.'),
        'backups_private': (examine_backups_private(objects, bucket=settings.s3_backups_bucket),
                            'Make the bucket S3_BACKUPS_BUCKET, or mend its address and keys.'),
        'mail': (examine_mail(kernel.mailer, way=settings.mail_backend),
                 'Mend MAIL_BACKEND and the address and password of the mail server.'),
        'clock':
        (examine_clock(engine,
                       offset=settings.clock_offset), 'Start PostgreSQL, or mend DATABASE_URL.'),
        'disk': (examine_disk(settings.data_dir), 'See that the disk can be read.'),
        'worker': (examine_worker(engine), 'Start one with the command `worker`.'),
        'backup': (backup, 'Mend S3_BACKUPS_BUCKET, its address and its keys.'),
        'demo': (lambda: skipped('this is no demo'), 'Unset TALELIO_DEMO.'),
        'proxies': (examine_proxies(settings.trusted_proxies,
                                    production=settings.env == 'production'),
                    'Mend TRUSTED_PROXIES.'),
    }
    return [
        Examination(name=name, examine=examine[name][0], remedy=examine[name][1]) for name in NAMES
    ]


def most_connections(settings: DoctorSettings) -> int:
    """How many connections all processes of one installation may hold at once: the API's and
    the worker, with two engines each."""
    pool = settings.database_pool_size + settings.database_pool_overflow
    return (settings.web_concurrency + 1) * 2 * pool + _OTHER_CONNECTIONS


def _settings(settings: DoctorSettings) -> Examine:

    def examine() -> Finding:
        if settings.warnings:
            return doubtful('; '.join(settings.warnings),
                            'Correct or unset these variables; production refuses them.')
        return good(settings.env)

    return examine
