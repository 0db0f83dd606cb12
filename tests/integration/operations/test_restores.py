"""Backups take the place of a real database."""

import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from talelio_backend.operations.domain.manifest import Manifest
from talelio_backend.operations.services.replacing import PURPOSE
from talelio_backend.shared.data.schema import Schema
from tests.conftest import Servers, at_database
from tests.eventually import eventually
from tests.fakes import NOON, FakeClock
from tests.integration.operations.installation import PG_DUMP, MakeInstallation, program
from tests.integration.operations.replaceable import MakeReplaceable, Replaceable, replaceable


@pytest.fixture(name='make_site')
def sites(make_installation: MakeInstallation, servers: Servers,
          worker_number: int) -> Iterator[MakeReplaceable]:
    with replaceable(make_installation, servers, f'site_{worker_number}') as make:
        yield make


@pytest.fixture(name='site')
def one_site(make_site: MakeReplaceable) -> Replaceable:
    return make_site()


def manifest_of(site: Replaceable, name: str) -> Manifest:
    return site.adapters.vault.find(name)


def test_a_backup_takes_the_place_of_what_is_there(site: Replaceable) -> None:
    site.write('before')
    name = site.back_up()
    site.write('after')
    epoch = site.scalar('SELECT coalesce(max(epoch), 0) FROM data_epoch')

    answer = site.do('restore', name, '--yes')
    assert site.jobs() == {'before'}
    assert site.scalar('SELECT epoch FROM data_epoch') > epoch
    [before] = site.databases
    assert before.startswith(f'{site.database}_before_') and before in answer.stdout
    assert site.jobs(before) == {'before', 'after'}
    # And what was there can be restored too, from the bucket.
    assert site.notes() == [f'{name}-before-restore', None]
    safety = site.adapters.vault.list()[0].name
    assert safety in answer.stdout
    site.do('restore', safety, '--yes')
    assert site.jobs() == {'before', 'after'}


def test_latest_is_never_what_a_restore_replaced(site: Replaceable) -> None:
    site.write('before')
    site.back_up()
    for number in range(2):
        site.write(f'after {number}')
        site.do('restore', '--latest', '--yes')
        assert site.jobs() == {'before'}


def test_a_dry_run_tells_rows_and_changes_nothing(site: Replaceable) -> None:
    site.write('before')
    name = site.back_up()
    site.write('after', 'and after')

    answer = site.do('restore', name, '--dry-run')
    head, *lines = answer.stdout.splitlines()
    assert head.split() == ['table', 'rows', 'now', 'rows', 'then']
    rows = {line.split()[0]: line.split()[1:] for line in lines}
    assert rows['public.procrastinate_jobs'] == ['3', '1']
    assert rows['public.user'] == ['0', '0']
    assert site.jobs() == {'before', 'after', 'and after'}
    assert not site.databases and site.notes() == [None]


def test_a_sealed_backup_is_opened(make_site: MakeReplaceable, sealed: dict[str, Any]) -> None:
    site = make_site(settings=sealed)
    site.write('before')
    name = site.back_up()
    site.write('after')
    site.do('restore', name, '--yes')
    assert site.jobs() == {'before'}


def test_an_older_schema_is_brought_to_that_of_the_code(make_site: MakeReplaceable) -> None:
    older, newer = make_site(), make_site()
    Schema(older.house.kernel.engine).downgrade('-1')
    revision = Schema(older.house.kernel.engine).present()
    older.write('before')
    name = older.back_up()
    assert manifest_of(older, name).alembic_revision == revision != Schema(
        newer.house.kernel.engine).head()

    newer.do('restore', name, '--yes')
    assert newer.jobs() == {'before'}
    assert Schema(newer.house.kernel.engine).present() == Schema(newer.house.kernel.engine).head()


def test_an_installation_that_nobody_migrated_is_replaced_too(make_site: MakeReplaceable,
                                                              servers: Servers) -> None:
    site, empty = make_site(), make_site()
    site.write('before')
    name = site.back_up()
    with psycopg.connect(at_database(servers, empty.database), autocommit=True) as link:
        link.execute('DROP SCHEMA public CASCADE')
        link.execute('CREATE SCHEMA public')
    empty.do('restore', name, '--yes')
    assert empty.jobs() == {'before'}


Spoil = Callable[[Replaceable, str], Any]


def flipped(site: Replaceable, name: str) -> None:
    site.change(manifest_of(site, name),
                lambda dump: dump[:-9] + bytes([dump[-9] ^ 1]) + dump[-8:])


def described(site: Replaceable, name: str, change: Callable[[bytes], bytes]) -> None:
    key = f'{site.settings.s3_backups_prefix}/{name}.manifest.json'
    site.put(key, change(manifest_of(site, name).to_bytes()))


def foreign(site: Replaceable, name: str) -> None:
    described(site, name, lambda _content: b'{"name": "somebody else\'s"}')


def newer_schema(site: Replaceable, name: str) -> None:
    revision = str(manifest_of(site, name).alembic_revision).encode()
    described(site, name, lambda content: content.replace(revision, b'f' * 12))


@pytest.mark.parametrize(('spoil', 'reason'), [
    (flipped, 'corrupted'),
    (foreign, 'not a talelio backup'),
    (newer_schema, 'newer than this version'),
])
def test_what_cannot_be_trusted_is_refused(site: Replaceable, spoil: Spoil, reason: str) -> None:
    site.write('before')
    name = site.back_up()
    spoil(site, name)
    site.write('after')
    answer = site.run('restore', name, '--yes')
    assert answer.exit_code == 1 and f'Error: {reason}' in answer.stderr, answer.output
    assert_untouched(site)


def assert_untouched(site: Replaceable) -> None:
    """The live database is what it was, and nothing is left of the attempt."""
    assert site.jobs() == {'before', 'after'}
    assert not site.databases
    assert not [note for note in site.notes() if note]


def test_without_a_key_that_opens_it_is_refused(make_site: MakeReplaceable,
                                                sealed: dict[str, Any]) -> None:
    name = make_site(settings=sealed).back_up()
    site = make_site(settings=sealed | {'backup_age_identity_file': None})
    site.write('before', 'after')
    answer = site.run('restore', name, '--yes')
    assert answer.exit_code == 1 and 'no identity' in answer.stderr
    assert_untouched(site)


def test_what_to_restore_is_said_once(site: Replaceable) -> None:
    for arguments in ([], ['name', '--latest'], ['--latest', '--sql', '/bin/sh']):
        assert site.run('restore', *arguments).exit_code == 2
    assert 'there is none yet' in site.run('restore', '--latest', '--yes').stderr
    assert site.run('restore', '../talelio', '--yes').exit_code == 1


def test_where_nobody_can_be_asked_nothing_is_done(site: Replaceable) -> None:
    site.write('before')
    name = site.back_up()
    site.write('after')
    answer = site.run('restore', name)
    assert answer.exit_code == 1 and '--yes' in answer.stderr
    assert_untouched(site)


@pytest.mark.parametrize(('tool', 'script'), [
    ('pg_restore', ['head -c 500 > /dev/null', 'echo "pg_restore: error: no space" >&2', 'exit 1'
                    ]),
    ('pg_dump', [f'[ "$1" = --version ] && exec {PG_DUMP} --version', 'exit 3']),
])
def test_a_failure_before_the_exchange_leaves_nothing(site: Replaceable, programs: Path, tool: str,
                                                      script: list[str]) -> None:
    site.write('before')
    name = site.back_up()
    site.write('after')
    program(programs, tool, script)
    answer = site.run('restore', name, '--yes')
    assert answer.exit_code == 1, answer.output
    assert_untouched(site)


def test_what_a_killed_restore_left_goes_with_the_next(site: Replaceable) -> None:
    name = site.back_up()
    site.adapters.databases.create(f'{site.database}_{PURPOSE}_deadbeef')
    site.do('restore', name, '--yes')
    assert [database for database in site.databases if PURPOSE in database] == []


def test_the_second_of_two_gives_up(site: Replaceable) -> None:
    name = site.back_up()
    restoring = site.house.operations.restores().restoring
    with ThreadPoolExecutor(1) as elsewhere:
        with site.adapters.backup_lock.hold():
            # It has loaded everything, and waits to back up what is there.
            first = elsewhere.submit(restoring.restore, restoring.choose(name))
            eventually(lambda: any(PURPOSE in database for database in site.databases))
            answer = site.run('restore', name, '--yes')
            assert answer.exit_code == 1 and 'another is running' in answer.stderr
        assert first.result(60).before in site.databases


def test_the_replaced_database_is_kept_for_a_day(make_site: MakeReplaceable) -> None:
    clock = FakeClock(NOON)
    site = make_site(clock=clock)
    name = site.back_up()
    site.do('restore', name, '--yes')
    sweep = next(handler for handler in site.house.handlers if handler.name.endswith('replaced'))
    clock.set(NOON + timedelta(hours=23, minutes=59))
    sweep.run()
    assert site.databases == {f'{site.database}_before_20260314t120000z'}
    clock.set(NOON + timedelta(hours=24))
    sweep.run()
    assert not site.databases


def dumped(site: Replaceable, file: Path) -> Path:
    """A plain SQL dump."""
    subprocess.run([str(PG_DUMP), f'--file={file}',
                    at_database(site.servers, site.database)],
                   check=True)
    return file


def test_a_plain_dump_is_restored(site: Replaceable, tmp_path: Path) -> None:
    site.write('before')
    file = dumped(site, tmp_path / 'a dump.sql')
    site.write('after')

    answer = site.do('restore', '--sql', str(file), '--dry-run')
    assert ['public.procrastinate_jobs', '2',
            '1'] in [line.split() for line in answer.stdout.splitlines()]
    assert site.jobs() == {'before', 'after'}

    answer = site.do('restore', '--sql', str(file), '--yes')
    assert site.jobs() == {'before'}
    assert site.notes() == ['sql-before-restore']


@pytest.mark.parametrize(('spoilt', 'reason'), [
    (lambda script: script + 'SELECT 1/0;\n', 'could not be loaded: psql:'),
    (lambda script: script + "UPDATE public.alembic_version SET version_num = 'f';", 'newer than'),
])
def test_a_plain_dump_that_fails_changes_nothing(site: Replaceable, tmp_path: Path,
                                                 spoilt: Callable[[str],
                                                                  str], reason: str) -> None:
    site.write('before')
    file = dumped(site, tmp_path / 'dump.sql')
    site.write('after')
    file.write_text(spoilt(file.read_text(encoding='utf-8')), encoding='utf-8')
    answer = site.run('restore', '--sql', str(file), '--yes')
    assert answer.exit_code == 1 and reason in answer.stderr, answer.output
    assert_untouched(site)
