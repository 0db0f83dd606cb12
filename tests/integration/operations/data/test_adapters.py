"""The adapters of backups against real servers, where a whole backup does not show it."""

import os
from datetime import UTC, datetime, timedelta
from io import BytesIO

import psycopg
import pytest
from sqlalchemy import make_url

from talelio_backend.bootstrap import s3_options
from talelio_backend.operations.data.backup_metrics import BackupCollector
from talelio_backend.operations.data.bucket import Bucket
from talelio_backend.operations.data.databases import SiblingDatabases
from talelio_backend.operations.domain.errors import DumpFailed, LoadFailed
from talelio_backend.operations.domain.restore_errors import NotAllowed
from talelio_backend.shared.data.object_store import S3ObjectStore
from tests.conftest import Servers, at_database
from tests.integration.operations.installation import Installation

GAUGES = [
    'talelio_backup_last_success_timestamp_seconds',
    'talelio_backup_last_verified_timestamp_seconds', 'talelio_backup_bytes',
    'talelio_backup_media_missing', 'talelio_restore_drill_seconds'
]


def gauges(collector: BackupCollector) -> dict[str, float]:
    return {
        sample.name: sample.value
        for family in collector.collect()
        for sample in family.samples
    }


def test_a_large_dump_arrives_in_parts(installation: Installation) -> None:
    settings = installation.settings
    bucket = Bucket(s3_options(settings), name=settings.s3_backups_bucket, part=64 * 1024)
    content = bytes(range(256)) * 1000
    key = f'{settings.s3_backups_prefix}/talelio-20260314T120000Z.dump'
    with bucket.upload(key) as upload:
        for start in range(0, len(content), 10_000):
            upload.write(content[start:start + 10_000])
        assert not installation.files
    with bucket.open(key) as stream:
        assert stream is not None and stream.read() == content
    with pytest.raises(ValueError, match='ours'):
        with bucket.upload(f'{key}.age') as upload:
            upload.write(content)
            raise ValueError('ours')
    assert len(installation.files) == 1 and not installation.unfinished()


def test_a_bucket_without_uploads_has_none_to_end(installation: Installation) -> None:
    options = s3_options(installation.settings)
    name = f'talelio-test-{installation.settings.s3_backups_prefix}'[:63]
    S3ObjectStore(options, bucket=name).ensure_bucket()
    assert not Bucket(options, name=name).uploads('talelio-', before=datetime.now(UTC))


def test_gauges_are_there_from_the_start_and_follow_the_backups(
        installation: Installation) -> None:
    collector = installation.house.operations.collector()
    assert isinstance(collector, BackupCollector)
    assert gauges(collector) == dict.fromkeys(GAUGES, 0)

    made = installation.backups.making.make()
    assert made.drill is not None and made.drill.proof is not None
    assert gauges(collector) == {
        GAUGES[0]: made.manifest.created_at.timestamp(),
        GAUGES[1]: pytest.approx(made.drill.proof.verified_at.timestamp(), abs=0.01),
        GAUGES[2]: made.manifest.size,
        GAUGES[3]: 0,
        GAUGES[4]: pytest.approx(made.drill.proof.seconds, abs=0.01)
    }


def test_what_a_killed_drill_left_behind_goes_with_the_next(installation: Installation) -> None:
    databases = installation.adapters.databases
    with databases.scratch('drill') as first:
        assert installation.databases == {first}
        with databases.scratch('other') as other, databases.scratch('drill') as second:
            assert installation.databases == {other, second}
    assert not installation.databases


def test_a_database_that_is_called_alike_is_nobodys_remains(installation: Installation) -> None:
    databases = installation.adapters.databases
    with databases.scratch('drill') as name:
        alike = f'{name[:-8]}production'
        databases.create(alike)
        try:
            with databases.scratch('drill'):
                assert alike in installation.databases
        finally:
            databases.drop(alike)


def test_a_role_that_may_not_make_databases_is_told(installation: Installation,
                                                    servers: Servers) -> None:
    role = f'poor_{os.getpid()}'
    with psycopg.connect(servers.superuser_url, autocommit=True) as link:
        link.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'poor'")
        try:
            url = make_url(servers.superuser_url).set(username=role, password='poor')
            databases = SiblingDatabases(lambda: url.render_as_string(hide_password=False))
            with pytest.raises(NotAllowed, match='CREATEDB'):
                databases.create('never')
        finally:
            link.execute(f'DROP ROLE {role}')
    assert not installation.databases


def test_a_scratch_database_goes_with_those_who_are_in_it(installation: Installation,
                                                          servers: Servers) -> None:
    with pytest.raises(ValueError, match='ours'):
        with installation.adapters.databases.scratch('drill') as name:
            link = psycopg.connect(at_database(servers, name))
            raise ValueError('ours')
    assert not installation.databases
    with pytest.raises(psycopg.OperationalError):
        link.execute('SELECT 1')
    link.close()


def test_a_scratch_database_sorts_as_the_live_one_does(installation: Installation) -> None:
    look = ('SELECT encoding, datcollate, datctype, datlocprovider, datlocale FROM pg_database '
            'WHERE datname IN (current_database(), %s)')
    with installation.adapters.databases.scratch('drill') as name:
        url = installation.settings.database_url.replace('+psycopg2', '')
        with psycopg.connect(url) as link:
            assert len(set(link.execute(look, [name]).fetchall())) == 1


def test_constraints_that_do_not_hold_are_named(installation: Installation,
                                                servers: Servers) -> None:
    databases = installation.adapters.databases
    with databases.scratch('drill') as name:
        with psycopg.connect(at_database(servers, name), autocommit=True) as link:
            link.execute('CREATE TABLE one (a int PRIMARY KEY)')
            link.execute('ALTER TABLE one ADD CHECK (a > 0) NOT VALID')
            link.execute('CREATE TABLE two (a int)')
            link.execute('INSERT INTO two VALUES (1)')
            assert not databases.faults(name)
            link.execute('ALTER TABLE two ADD CONSTRAINT "Two %" FOREIGN KEY (a) '
                         'REFERENCES one NOT VALID')
        assert databases.faults(name) == ['Two %']


def test_counts_are_those_of_every_table_of_ours(installation: Installation,
                                                 servers: Servers) -> None:
    databases = installation.adapters.databases
    with databases.scratch('drill') as name:
        with psycopg.connect(at_database(servers, name), autocommit=True) as link:
            link.execute('CREATE SCHEMA "Other %"')
            link.execute('CREATE TABLE "Other %"."a:b" (a int) PARTITION BY LIST (a)')
            link.execute('CREATE TABLE part PARTITION OF "Other %"."a:b" DEFAULT')
            link.execute('CREATE VIEW seen AS SELECT 1')
            link.execute('CREATE TABLE parent (a int)')
            link.execute('CREATE TABLE child () INHERITS (parent)')
            link.execute('INSERT INTO "Other %"."a:b" VALUES (1), (2)')
            link.execute('INSERT INTO child VALUES (1)')
        contents = databases.contents(name)
    assert contents.tables == {'public.part': 2, 'public.parent': 0, 'public.child': 1}
    assert contents.alembic_revision is None


def test_a_dump_that_is_not_read_to_its_end_is_none(installation: Installation) -> None:
    adapters = installation.adapters
    with adapters.snapshots.take() as snapshot:
        with pytest.raises(DumpFailed, match='not read to its end'):
            with adapters.dumper.dump(snapshot.id) as archive:
                archive.read(10)
    with pytest.raises(DumpFailed, match='snapshot'):
        with adapters.dumper.dump('00000000-00000000-1') as archive:
            while archive.read(10_000):
                pass


def test_an_archive_that_is_cut_off_is_not_loaded(installation: Installation) -> None:
    adapters, archive = installation.adapters, BytesIO()
    with adapters.snapshots.take() as snapshot:
        with adapters.dumper.dump(snapshot.id) as dump:
            archive.write(dump.read())
    with adapters.databases.scratch('drill') as name:
        with pytest.raises(LoadFailed):
            with adapters.loader.load(name) as feed:
                feed.write(archive.getvalue()[:-1000])
        assert not adapters.databases.contents(name).tables


def test_a_server_knows_how_long_it_runs(installation: Installation) -> None:
    uptime = installation.adapters.server.uptime()
    assert timedelta(0) < uptime < datetime.now(UTC) - datetime(2020, 1, 1, tzinfo=UTC)


def test_no_connection_outlives_an_operation(installation: Installation, servers: Servers) -> None:
    installation.backups.making.make()
    installation.house.kernel.engine.dispose()
    installation.house.read_engine.dispose()
    with psycopg.connect(servers.superuser_url) as link:
        found = link.execute(
            'SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE %s '
            'AND datname = %s',
            ['talelio%', installation.settings.database_url.rpartition('/')[2]]).fetchone()
    assert found == (0, )
