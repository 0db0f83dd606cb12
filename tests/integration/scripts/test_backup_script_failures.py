"""What the cron script refuses, and what it leaves behind when something fails: nothing."""

import pytest

from tests.integration.scripts.cron_host import AGE, CronHost


def refused(host: CronHost, code: int, **changed: str | None) -> str:
    """The one line of a run that must fail."""
    ended = host.run(**changed)
    assert (ended.returncode, ended.stdout) == (code, ''), ended.stderr
    assert ended.stderr.startswith('backup_postgres_db: ')
    assert ended.stderr.endswith('\n') and ended.stderr.count('\n') == 1, ended.stderr
    assert host.password not in ended.stderr
    return ended.stderr.removeprefix('backup_postgres_db: ').rstrip('\n')


def assert_nothing_left(host: CronHost) -> None:
    assert host.objects() == []
    assert not host.lock.exists()


def test_all_missing_variables_are_named_at_once(host: CronHost) -> None:
    names = ('POSTGRES_USER', 'POSTGRES_DB', 'S3_URI', 'S3_BUCKET', 'S3_BUCKET_BACKUP_DIR')
    assert refused(host, 78, **dict.fromkeys(names)) == f'missing: {" ".join(names)}'
    assert refused(host, 78, S3_URI='', POSTGRES_DB=None) == 'missing: POSTGRES_DB S3_URI'
    assert refused(host, 78, **dict.fromkeys(names),
                   DATABASE_URL='postgresql:///x') == f'missing: {" ".join(names[2:])}'
    assert host.calls() == []


@pytest.mark.parametrize('uri', [
    's3://other/place', 's3:/{0}/{1}', '{0}/{1}', 's3://{0}/{1}/more', 's3://{0}', 's3://{0}/{1}//'
])
def test_uri_that_says_another_place_is_refused(host: CronHost, uri: str) -> None:
    told = refused(host, 78, S3_URI=uri.format(host.bucket, host.folder))
    assert told == 'S3_URI is not s3://$S3_BUCKET/$S3_BUCKET_BACKUP_DIR'
    assert host.calls() == []


@pytest.mark.parametrize('folder', ['/a', 'a b', 'a//b', '"', '$(touch x)', '/'])
def test_folder_that_is_no_plain_path_is_refused(host: CronHost, folder: str) -> None:
    told = refused(host, 78, S3_BUCKET_BACKUP_DIR=folder, S3_URI=f's3://{host.bucket}/{folder}')
    assert told.startswith('S3_BUCKET_BACKUP_DIR')


@pytest.mark.parametrize(('containers', 'told'), [
    ('', 'no running container has "postgres" in its name'),
    ('postgres-1\nold-postgres\n',
     'several containers (postgres-1 old-postgres); one of them goes into POSTGRES_CONTAINER'),
])
def test_container_must_be_the_only_one(host: CronHost, containers: str, told: str) -> None:
    (host.home / 'containers').write_text(containers, encoding='ascii')
    assert refused(host, 78) == told
    assert host.calls() == ['docker <ps> <--filter> <name=postgres> <--format> <{{.Names}}>']
    assert_nothing_left(host)


def test_docker_that_does_not_answer_is_named(host: CronHost) -> None:
    host.hook('docker', 'echo "Cannot connect to the Docker daemon" >&2; exit 1\n')
    assert refused(host, 1) == 'docker ps: Cannot connect to the Docker daemon'


@pytest.mark.parametrize('tool', ['aws', 'docker'])
def test_missing_program_is_named(host: CronHost, tool: str) -> None:
    (host.home / 'bin' / tool).unlink()
    assert refused(host, 78) == f'not installed: {tool}'


def test_recipients_without_age_are_refused(host: CronHost) -> None:
    assert refused(host, 78, BACKUP_AGE_RECIPIENTS='age1abc') == 'not installed: age'
    assert host.calls() == []


@pytest.mark.parametrize('recipients', ['AGE-SECRET-KEY-1ABC', 'age1abc,*', 'age1', 'anna', '-r'])
def test_recipient_that_is_no_public_key_is_refused(host: CronHost, recipients: str) -> None:
    told = refused(host, 78, BACKUP_AGE_RECIPIENTS=recipients)
    assert told == 'BACKUP_AGE_RECIPIENTS holds something else than public keys'
    assert recipients.strip('-') not in told or recipients == 'age1'


def test_status_file_without_a_folder_is_refused_before_anything_is_done(host: CronHost) -> None:
    told = refused(host, 78, BACKUP_STATUS_FILE=str(host.home / 'nowhere' / 'x.prom'))
    assert told == 'BACKUP_STATUS_FILE is not in a folder that can be written'
    assert host.calls() == []


def test_database_that_does_not_answer_leaves_nothing(host: CronHost) -> None:
    host.find_names_free()
    told = refused(host, 1, POSTGRES_DB='nowhere')
    assert told.startswith('psql: psql: error:') and 'nowhere' in told
    assert_nothing_left(host)


def test_dump_that_fails_in_the_middle_leaves_nothing(host: CronHost) -> None:
    host.find_names_free()
    host.hook(
        'pg_dump', 'case $1 in --version) ;; *) echo PGDMP; '
        'echo "pg_dump: error: the disk is full" >&2; exit 1 ;; esac\n')
    assert refused(host, 1) == 'pg_dump: pg_dump: error: the disk is full'
    # What it got so far was an object by then.
    assert [call for call in host.calls('aws') if '<rm>' in call]
    assert_nothing_left(host)


def test_encryption_that_fails_leaves_nothing(host: CronHost) -> None:
    host.find_names_free()
    host.install('age', AGE.replace("'--encrypt'", "'--decrypt'"))
    told = refused(host, 1, BACKUP_AGE_RECIPIENTS='age1abc')
    assert told.startswith('age: Traceback')
    assert_nothing_left(host)


def test_upload_that_is_refused_is_told(host: CronHost) -> None:
    told = refused(host,
                   1,
                   S3_BUCKET='nobodys-bucket',
                   S3_URI=f's3://nobodys-bucket/{host.folder}')
    assert told.startswith('upload: upload failed: ') and 'NoSuchBucket' in told
    assert not host.lock.exists()


def test_upload_that_is_cut_leaves_nothing(host: CronHost) -> None:
    host.find_names_free()
    host.hook('aws', 'case "$*" in "s3 cp"*) read -r _; kill -9 $$ ;; esac\n')
    assert refused(host, 1) == 'upload: exit status 137'
    assert_nothing_left(host)


def test_bucket_that_cannot_be_looked_into_is_told(host: CronHost) -> None:
    told = refused(host, 1, AWS_SECRET_ACCESS_KEY='not the right one at all')
    assert told.startswith('cannot look into the bucket: ') and '403' in told
    assert not host.lock.exists()


def test_object_of_another_size_leaves_nothing(host: CronHost) -> None:
    host.hook(
        'aws', f'case "$*" in "s3 cp"*) : >{host.home}/sent ;; '
        f'*head-object*) [ ! -e {host.home}/sent ] || {{ echo 1; exit; }} ;; esac\n')
    assert refused(host, 1).startswith('the bucket holds 1 bytes of ')
    assert_nothing_left(host)


def test_manifest_that_cannot_be_stored_takes_the_dump_with_it(host: CronHost) -> None:
    host.hook('aws', 'case "$*" in "s3 cp"*manifest*) echo "upload failed" >&2; exit 1 ;; esac\n')
    assert refused(host, 1) == 'upload of the manifest: upload failed'
    removed = [call.split('/')[-1] for call in host.calls('aws') if '<rm>' in call]
    assert [name.partition('.')[2] for name in removed] == ['manifest.json>', 'dump>']
    assert_nothing_left(host)


def test_what_cannot_be_removed_is_named(host: CronHost) -> None:
    host.hook(
        'aws', 'case "$*" in *manifest.json*) case "$*" in "s3 cp"*) exit 1 ;; esac ;; esac\n'
        'case "$*" in "s3 rm"*) exit 1 ;; esac\n')
    told = refused(host, 1)
    [dump] = host.objects()
    assert told.endswith(f's3://{host.bucket}/{host.folder}/{dump} is left behind')


def test_earlier_status_stays_after_a_failure(host: CronHost) -> None:
    host.find_names_free()
    status = host.home / 'talelio.prom'
    status.write_text('talelio_backup_bytes 1\n', encoding='ascii')
    refused(host, 1, POSTGRES_DB='nowhere', BACKUP_STATUS_FILE=str(status))
    assert status.read_text(encoding='ascii') == 'talelio_backup_bytes 1\n'
