import uuid
from pathlib import Path

import psycopg
import pytest

from tests.conftest import Servers, create_database
from tests.integration.scripts.cron_host import CronHost


def make_host(servers: Servers, home: Path, database_url: str, bucket: str, aws: Path) -> CronHost:
    host = CronHost(home=home,
                    servers=servers,
                    database_url=database_url,
                    bucket=bucket,
                    aws=aws,
                    folder=f'postgres-db-backups/{uuid.uuid4().hex}')
    if bucket not in {one['Name'] for one in host.s3.list_buckets()['Buckets']}:
        host.s3.create_bucket(Bucket=bucket)
    return host


@pytest.fixture(scope='session')
def small_database(servers: Servers, worker_number: int) -> str:
    """A database with little in it, and that little oddly named."""
    url = create_database(servers, f'talelio_cron_small_{worker_number}', template='template0')
    with psycopg.connect(url, autocommit=True) as link:
        link.execute('CREATE TABLE heron (name text)')
        link.execute("INSERT INTO heron VALUES ('grey'), ('white')")
        link.execute('CREATE SCHEMA "odd ""place"')
        link.execute('CREATE TABLE "odd ""place"."it\'s\\odd" (id int)')
    return url


@pytest.fixture
def host(servers: Servers, small_database: str, worker_number: int, aws_folder: Path,
         tmp_path: Path) -> CronHost:
    return make_host(servers, tmp_path, small_database, f'talelio-cron-{worker_number}',
                     aws_folder / 'aws')


@pytest.fixture
def full_host(servers: Servers, worker_number: int, aws_folder: Path, tmp_path: Path) -> CronHost:
    """Beside it a database with the tables of every area."""
    url = create_database(servers, f'talelio_cron_{worker_number}')
    return make_host(servers, tmp_path, url, f'talelio-cron-{worker_number}', aws_folder / 'aws')
