"""Examinations of Redis, the buckets, the mail server and the machine itself."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redis import Redis

from talelio_backend.operations.domain.diagnosis import Finding, bad, doubtful, good, skipped
from talelio_backend.operations.services.diagnosing import Examine
from talelio_backend.shared.data.failures import redis_failures
from talelio_backend.shared.data.s3_connection import S3Options, connect, s3_failures
from talelio_backend.shared.services.mailer import Mailer
from talelio_backend.shared.services.object_store import ObjectStore

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

OLDEST_REDIS = (6, 2)
LITTLE_SPACE, NO_SPACE = 0.15, 0.03  # parts of the disk that are free
_GIB = 1 << 30


def examine_redis(redis: Redis) -> Examine:

    def examine() -> Finding:
        with redis_failures():
            version = str(_told_by(redis, 'server')['redis_version'])
        if tuple(int(part) for part in version.split('.')[:2]) < OLDEST_REDIS:
            return bad(f'Redis {version}', 'Upgrade the server to Redis 6.2 or newer.')
        return good(f'Redis {version}')

    return examine


def examine_redis_policy(redis: Redis) -> Examine:
    """By INFO, since hosted servers refuse CONFIG."""

    def examine() -> Finding:
        with redis_failures():
            policy = str(_told_by(redis, 'memory').get('maxmemory_policy', 'unknown'))
            logged = bool(_told_by(redis, 'persistence').get('aof_enabled'))
        if policy != 'noeviction':
            return bad(
                f'{policy}: sessions may vanish when memory is short',
                'Set maxmemory-policy to noeviction.',
            )
        if not logged:
            return doubtful('noeviction, without an append-only file',
                            'Set appendonly to yes, or a restart of Redis ends all sessions.')
        return good('noeviction, append-only file')

    return examine


def _told_by(redis: Redis, section: str) -> dict[str, Any]:
    told: Any = redis.info(section)
    return dict(told)


def examine_objects(store: ObjectStore, *, bucket: str) -> Examine:

    def examine() -> Finding:
        store.ping()
        return good(f'bucket {bucket}')

    return examine


def examine_backups_private(options: S3Options, *, bucket: str) -> Examine:
    """Asks as a stranger for the bucket's list and for one of its objects: both are refused
    where backups are safe."""

    def examine() -> Finding:
        with s3_failures():
            listed = connect(options).list_objects_v2(Bucket=bucket, MaxKeys=1)
        stranger = _stranger(options)
        open_to_all = _answers(stranger, 'list_objects_v2', Bucket=bucket, MaxKeys=1) or any(
            _answers(stranger, 'get_object', Bucket=bucket, Key=found['Key'], Range='bytes=0-0')
            for found in listed.get('Contents', ()))
        if open_to_all:
            return bad(f'bucket {bucket} answers strangers',
                       'Block all public access to the bucket, and rotate what it holds.')
        return good(f'bucket {bucket} refuses strangers')

    return examine


def _stranger(options: S3Options) -> 'S3Client':
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config
    config = Config(signature_version=UNSIGNED,
                    connect_timeout=1,
                    read_timeout=2,
                    retries={'total_max_attempts': 1},
                    s3={'addressing_style': 'path' if options.endpoint_url else 'auto'})
    return boto3.session.Session(region_name=options.region).client(
        's3', endpoint_url=options.endpoint_url, config=config)


def _answers(client: 'S3Client', operation: str, **arguments: Any) -> bool:
    from botocore.exceptions import ClientError
    try:
        with s3_failures():
            getattr(client, operation)(**arguments)
    except Exception as error:
        if isinstance(error.__cause__, ClientError):
            return False
        raise
    return True


def examine_mail(mailer: Mailer, *, way: str) -> Examine:

    def examine() -> Finding:
        mailer.ping()
        return good(way)

    return examine


def examine_disk(folder: Path) -> Examine:
    """The disk of ``folder``, or of the nearest folder above it that there is."""

    def examine() -> Finding:
        present = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        usage = shutil.disk_usage(present)
        free = usage.free / usage.total
        detail = f'{usage.free / _GIB:.1f} GiB free, {free:.0%}'
        remedy = 'Make room: remove old images, logs and files that nobody needs.'
        if free < NO_SPACE:
            return bad(detail, remedy)
        return doubtful(detail, remedy) if free < LITTLE_SPACE else good(detail)

    return examine


def examine_proxies(networks: tuple[str, ...], *, production: bool) -> Examine:

    def examine() -> Finding:
        if networks:
            return good(', '.join(networks))
        if not production:
            return skipped('no proxy outside of production')
        return doubtful("every client has the proxy's address",
                        'Name the networks of the proxy in TRUSTED_PROXIES.')

    return examine
