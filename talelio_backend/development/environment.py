"""The environment variables that our programs find, made from what the caller had."""
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from talelio_backend.development.data_folder import DataFolder
from talelio_backend.development.ports import HOST

BUCKETS = {
    'S3_BUCKET': 'talelio-user-content',
    'S3_BACKUPS_BUCKET': 'talelio-backups',
    'S3_TEST_BUCKET': 'talelio-test-content',
}
# With keys of our own, a session or a profile of the caller's cloud account must not mix in.
_CLOUD_ACCOUNT = ('AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_ENDPOINT_URL',
                  'AWS_ENDPOINT_URL_S3')
_NO_PROXY = ('NO_PROXY', 'no_proxy')


@dataclass(frozen=True, kw_only=True)
class Backends:
    """Where the three servers are, whoever runs them."""

    database_url: str
    redis_url: str
    s3_endpoint_url: str
    s3_access_key: str
    s3_secret_key: str
    s3_region: str


def given(environment: Mapping[str, str], name: str) -> str | None:
    """Empty counts as unset."""
    return environment.get(name) or None


def bucket_names(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: given(environment, name) or usual for name, usual in BUCKETS.items()}


def base_url(port: int) -> str:
    return f'http://{HOST}:{port}'


def for_programs(inherited: Mapping[str, str], folder: DataFolder, backends: Backends, *,
                 pg_bin: Path, secret_key: str, port: int, metrics_port: int | None,
                 clock_offset: float) -> dict[str, str]:
    ours = {
        'TALELIO_ENV': given(inherited, 'TALELIO_ENV') or 'development',
        'TALELIO_DATA_DIR': str(folder.path),
        'TALELIO_CLOCK_OFFSET': f'{clock_offset:.6f}'.rstrip('0').rstrip('.'),
        'DATABASE_URL': backends.database_url,
        'REDIS_URL': backends.redis_url,
        'SECRET_KEY': given(inherited, 'SECRET_KEY') or secret_key,
        'PORT': str(port),
        'METRICS_PORT': str(metrics_port or ''),
        'PUBLIC_URL': given(inherited, 'PUBLIC_URL') or base_url(port),
        'PROMETHEUS_MULTIPROC_DIR': str(folder.metrics_dir),
        'PYTHONUNBUFFERED': '1',
        # psql and pg_dump of the server's own version; an older pg_dump would refuse it.
        'PATH': os.pathsep.join([str(pg_bin), given(inherited, 'PATH') or os.defpath]),
        **bucket_names(inherited),
    }
    environment = {**inherited, **ours}
    if given(inherited, 'SECRET_KEY_FILE') and not given(inherited, 'SECRET_KEY'):
        del environment['SECRET_KEY']  # both at once would be refused
    return _with_local_proxy_exception(_with_objects(environment, inherited, backends))


def _with_objects(environment: dict[str, str], inherited: Mapping[str, str],
                  backends: Backends) -> dict[str, str]:
    if given(inherited, 'S3_ENDPOINT_URL'):
        return environment
    mixed = environment | {
        'S3_ENDPOINT_URL': backends.s3_endpoint_url,
        'AWS_ACCESS_KEY_ID': backends.s3_access_key,
        'AWS_SECRET_ACCESS_KEY': backends.s3_secret_key,
        'AWS_REGION': backends.s3_region,
    }
    return {name: value for name, value in mixed.items() if name not in _CLOUD_ACCOUNT}


def _with_local_proxy_exception(environment: dict[str, str]) -> dict[str, str]:
    """A proxy for the outside world does not lead to this machine's own address."""
    for name in _NO_PROXY:
        exceptions = [part for part in environment.get(name, '').split(',') if part]
        if HOST not in exceptions:
            environment[name] = ','.join([*exceptions, HOST])
    return environment
