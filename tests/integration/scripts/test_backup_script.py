"""What the cron script leaves in the bucket."""

import json
import os
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import psycopg
import pyrage
import pytest
from sqlalchemy import make_url

from talelio_backend.development.binaries import postgres_bin_dir
from talelio_backend.operations.domain.manifest import Manifest
from tests.integration.scripts.cron_host import AGE, CLIENT, CONTAINER, RECORD, SCRIPT, CronHost

# By what they are: where sh is dash, once is enough.
SHELLS = {
    Path(found).resolve().name: (found, *options)
    for found, *options in ((shutil.which('bash'), '--posix'), (shutil.which('busybox'), 'sh'),
                            (shutil.which('dash'), ), (shutil.which('sh'), )) if found
}
LINE = re.compile(r'backup_postgres_db: (talelio-\d{8}T\d{6}Z) is stored '
                  r'\((\d+) bytes, (\d+) tables\)\n')


def backed_up(host: CronHost, *shell: str, **changed: str | None) -> Manifest:
    """The manifest of a run that must succeed."""
    ended = host.run(*shell, **changed)
    assert (ended.returncode, ended.stderr) == (0, '')
    told = LINE.fullmatch(ended.stdout)
    assert told is not None, ended.stdout
    manifest = Manifest.from_bytes(host.stored(f'{told[1]}.manifest.json'), name=told[1])
    assert (manifest.size, len(manifest.tables)) == (int(told[2]), int(told[3]))
    assert not host.lock.exists()
    return manifest


@pytest.mark.parametrize('shell', SHELLS.values(), ids=SHELLS)
def test_dump_and_manifest_are_stored(host: CronHost, shell: tuple[str, ...]) -> None:
    manifest = backed_up(host, *shell)

    assert host.objects() == [f'{manifest.name}.dump', f'{manifest.name}.manifest.json']
    dump = host.stored(f'{manifest.name}.dump')
    assert dump.startswith(b'PGDMP')
    assert manifest.object == f'{host.folder}/{manifest.name}.dump'
    assert (manifest.size, manifest.sha256) == (len(dump), sha256(dump).hexdigest())
    assert manifest.created_at.strftime('talelio-%Y%m%dT%H%M%SZ') == manifest.name
    assert manifest.tables == {'public.heron': 2, 'odd "place.it\'s\\odd': 0}
    assert (manifest.encrypted, manifest.recipients) == (False, ())
    assert (manifest.note, manifest.media, manifest.alembic_revision) == (None, None, None)
    assert manifest.database == host.variables['POSTGRES_DB']
    assert manifest.tools.talelio is None
    assert manifest.tools.pg_dump == manifest.tools.server
    assert re.fullmatch(r'\d+(\.\d+)+', str(manifest.tools.server))
    assert_calls_are_few_and_secretive(host)


def assert_calls_are_few_and_secretive(host: CronHost) -> None:
    kinds = {' '.join(call.split()[1:3]) for call in host.calls('aws')}
    assert kinds == {'<s3> <cp>', '<s3api> <head-object>'}
    listing, *asked = host.calls('docker')
    assert listing == 'docker <ps> <--filter> <name=postgres> <--format> <{{.Names}}>'
    assert len(asked) == 3
    for call in asked:
        # Never a terminal.
        assert call.startswith(f'docker <exec> <-i> <{CONTAINER}> <p')
    for call in host.calls():
        assert host.password not in call


def operator(host: CronHost, *arguments: str) -> str:
    """What an operator's command answers, on the backups of this host."""
    environment = {
        'PATH': f'{postgres_bin_dir()}:{os.defpath}',
        'TALELIO_ENV': 'test',
        'SECRET_KEY': 'f3b1c6a8d2e94705' * 4,
        'DATABASE_URL': host.database_url,
        'REDIS_URL': host.servers.redis_url,
        'S3_ENDPOINT_URL': host.servers.s3_url,
        'S3_BUCKET': 'talelio-test-content',
        'S3_BACKUPS_BUCKET': host.bucket,
        'S3_BACKUPS_PREFIX': host.folder,
        'AWS_REGION': 'us-east-1',
        'AWS_ACCESS_KEY_ID': host.servers.s3_access_key,
        'AWS_SECRET_ACCESS_KEY': host.servers.s3_secret_key,
        'BACKUP_AGE_IDENTITY_FILE': str(host.home / 'identity'),
    }
    ended = subprocess.run([sys.executable, '-m', 'talelio_backend', *arguments],
                           cwd=SCRIPT.parents[1],
                           env=environment,
                           check=False,
                           capture_output=True,
                           text=True)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_operator_lists_and_proves_what_the_script_wrote(full_host: CronHost) -> None:
    host = full_host
    with psycopg.connect(host.database_url, autocommit=True) as link:
        revision = link.execute('SELECT version_num FROM alembic_version').fetchone()
        link.execute('CREATE TABLE counted AS SELECT generate_series(1, 40) AS number')
    # Rows that come between the counting and the dump are in neither.
    host.hook(
        'pg_dump', f'case $1 in --version) ;; *) {postgres_bin_dir()}/psql -Xq -U talelio '
        f'-d {host.variables["POSTGRES_DB"]} -c "INSERT INTO counted VALUES (41)" ;; esac\n')
    host.install('age', AGE)
    identities = [pyrage.x25519.Identity.generate() for _ in range(2)]
    recipients = [str(identity.to_public()) for identity in identities]
    (host.home / 'identity').write_text(f'{identities[0]}\n', encoding='ascii')
    manifest = backed_up(host, BACKUP_AGE_RECIPIENTS=f' {recipients[0]},\n{recipients[1]} ')

    assert manifest.encrypted and manifest.recipients == tuple(recipients)
    sealed = host.stored(f'{manifest.name}.dump.age')
    assert manifest.sha256 == sha256(sealed).hexdigest()
    assert pyrage.decrypt(sealed, [identities[1]]).startswith(b'PGDMP')

    with psycopg.connect(host.database_url) as link:
        assert link.execute('SELECT count(*) FROM counted').fetchone() == (41, )
    assert manifest.tables['public.counted'] == 40
    assert revision == (manifest.alembic_revision, )
    assert operator(host, 'backup', 'verify', manifest.name).startswith(f'{manifest.name}: proven')
    [listed] = json.loads(operator(host, 'backup', 'list', '--json'))['backups']
    assert listed.pop('verified_at') is not None
    assert listed == {
        'name': manifest.name,
        'created_at': manifest.created_at.isoformat().replace('+00:00', 'Z'),
        'object': manifest.object,
        'size': manifest.size,
        'encrypted': True,
        'alembic_revision': manifest.alembic_revision,
        'note': None
    }


def test_database_url_is_used_without_a_container(host: CronHost) -> None:
    for tool in ('psql', 'pg_dump'):
        host.install(tool, RECORD + CLIENT)
    (host.home / 'bin' / 'docker').unlink()
    url = make_url(host.database_url)
    odd = "p%:/?#[]@ ä'$(x)\\"
    with psycopg.connect(host.servers.superuser_url, autocommit=True) as link:
        link.execute('DROP ROLE IF EXISTS cron_reader')
        link.execute('CREATE ROLE cron_reader LOGIN IN ROLE pg_read_all_data')
        hashed = link.pgconn.encrypt_password(odd.encode(), b'cron_reader', b'scram-sha-256')
        link.execute(f"ALTER ROLE cron_reader PASSWORD '{hashed.decode()}'")
    manifest = backed_up(
        host,
        POSTGRES_USER=None,
        POSTGRES_DB=None,
        S3_URI=f'{host.variables["S3_URI"]}/',
        DATABASE_URL=f'postgresql+psycopg2://cron_reader:{quote(odd, safe="")}@{url.host}:'
        f'{url.port}/{url.database}?sslmode=prefer')

    assert manifest.tables['public.heron'] == 2
    assert host.calls('pg_dump') and host.calls('psql')
    for call in host.calls():
        assert odd not in call and quote(odd, safe='') not in call


def test_status_is_written_for_node_exporter(host: CronHost, tmp_path: Path) -> None:
    folder = tmp_path / 'textfile'
    folder.mkdir()
    status = folder / 'talelio_backup.prom'
    status.write_text('talelio_backup_bytes 1\n', encoding='ascii')
    manifest = backed_up(host, BACKUP_STATUS_FILE=str(status))

    lines = status.read_text(encoding='ascii').splitlines()
    assert f'talelio_backup_bytes {manifest.size}' in lines
    assert '# TYPE talelio_backup_last_success_timestamp_seconds gauge' in lines
    [moment] = [
        float(line.split()[1]) for line in lines
        if line.startswith('talelio_backup_last_success_timestamp_seconds ')
    ]
    assert 0 <= moment - manifest.created_at.timestamp() < 3600
    # Whole, readable by another user, and nothing else that a collector would read.
    assert status.stat().st_mode & 0o777 == 0o644
    assert [*folder.iterdir()] == [status]


def test_name_that_is_taken_is_left_alone(host: CronHost) -> None:
    taken = f'{host.folder}/talelio-20290101T000000Z.manifest.json'
    host.s3.put_object(Bucket=host.bucket, Key=taken, Body=b'an earlier one')
    # The clock stands until the script has waited once.
    (host.home / 'bin' / 'date').unlink()
    (host.home / 'bin' / 'sleep').unlink()
    host.install(
        'date', f'#!/bin/sh\ncase $2 in +%Y*) ;; *) exec {shutil.which("date")} "$@" ;; esac\n'
        '[ -e {home}/slept ] && echo 20300101T000000Z || echo 20290101T000000Z\n')
    host.install('sleep', '#!/bin/sh\n: >{home}/slept\n')

    assert backed_up(host).name == 'talelio-20300101T000000Z'
    assert host.stored('talelio-20290101T000000Z.manifest.json') == b'an earlier one'
    assert len(host.objects()) == 3
