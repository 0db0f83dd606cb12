"""The three servers together: those that the environment does not replace by others."""
from collections.abc import Callable, Mapping
from typing import Any

from talelio_backend.development import binaries, credentials
from talelio_backend.development.data_folder import DataFolder
from talelio_backend.development.environment import Backends, bucket_names, given
from talelio_backend.development.s3_server import REGION
from talelio_backend.development.servers import PostgresServer, RedisServer, S3Server


class Databases:
    """`servers` are in the order of starting; they stop in the opposite one."""

    def __init__(self, folder: DataFolder, inherited: Mapping[str, str]) -> None:
        known = credentials.load_or_make(folder.path / 'credentials.json')
        self.postgres = None if given(inherited, 'DATABASE_URL') else PostgresServer(
            folder.path / 'postgres',
            superuser_password=known.postgres_superuser,
            password=known.postgres_application,
            log_file=folder.log_file('postgres'))
        self.redis = None if given(inherited, 'REDIS_URL') else RedisServer(
            folder.path / 'redis', password=known.redis, log_file=folder.log_file('redis'))
        self.s3 = None if given(inherited, 'S3_ENDPOINT_URL') else S3Server(
            folder.path / 's3',
            access_key=known.s3_access_key,
            secret_key=known.s3_secret_key,
            log_file=folder.log_file('rclone'),
            buckets=list(bucket_names(inherited).values()))
        self.servers = [
            server for server in (self.postgres, self.redis, self.s3) if server is not None
        ]
        self._inherited = inherited

    def start(self, report: Callable[[str], None]) -> None:
        for server in reversed(self.servers):  # the first takes longest, the others meanwhile
            report(f'starting {server.name}')
            server.launch()
        for server in self.servers:
            server.wait_ready()

    def stop(self) -> None:
        for server in reversed(self.servers):
            server.stop()

    def backends(self) -> Backends:
        return Backends(
            database_url=self.postgres.url if self.postgres else self._inherited['DATABASE_URL'],
            redis_url=self.redis.url if self.redis else self._inherited['REDIS_URL'],
            s3_endpoint_url=self.s3.url if self.s3 else self._inherited['S3_ENDPOINT_URL'],
            s3_access_key=self._key(self.s3.access_key if self.s3 else None, 'AWS_ACCESS_KEY_ID'),
            s3_secret_key=self._key(self.s3.secret_key if self.s3 else None,
                                    'AWS_SECRET_ACCESS_KEY'),
            s3_region=self._key(REGION if self.s3 else None, 'AWS_REGION'))

    def facts(self) -> dict[str, Any]:
        """Their part of run.json."""
        backends = self.backends()
        return {
            'database_url':
            self.postgres.superuser_url if self.postgres else backends.database_url,
            'redis_url': backends.redis_url,
            's3_endpoint_url': backends.s3_endpoint_url,
            's3_access_key': backends.s3_access_key,
            's3_secret_key': backends.s3_secret_key,
            'pg_bin': str(binaries.postgres_bin_dir()),
        }

    def _key(self, own: str | None, variable: str) -> str:
        return own or self._inherited.get(variable, '')
