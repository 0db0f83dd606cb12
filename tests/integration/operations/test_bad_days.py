"""Whatever goes wrong: exit 1, no half backup, nothing of the others is touched."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pyrage import x25519

from talelio_backend.operations.domain.errors import Corrupted, DumpFailed
from talelio_backend.settings import Settings
from talelio_backend.shared.domain.errors import StorageUnavailable
from tests.eventually import eventually
from tests.fakes import FakeClock
from tests.integration.operations.installation import (PG_DUMP, Installation, MakeInstallation,
                                                       program)
from tests.tcp_proxy import Cut, HoldUp, Watch, proxied

ROOT = Path(__file__).parents[3]
VERSION = f'[ "$1" = --version ] && exec {PG_DUMP} --version'


def port_of(settings: Settings) -> int:
    port = urlsplit(str(settings.s3_endpoint_url)).port
    assert port is not None
    return port


@contextmanager
def untouched(installation: Installation) -> Iterator[None]:
    """Makes a backup that must survive what is done."""
    installation.backups.making.make(verify=False)
    before = installation.files
    assert before
    yield
    assert installation.files == before
    assert not installation.databases


@pytest.mark.parametrize('end', ['exit 3', 'kill -9 $$'])
def test_a_pg_dump_that_fails_in_the_middle_leaves_nothing(installation: Installation,
                                                           programs: Path, end: str) -> None:
    with untouched(installation):
        program(programs, 'pg_dump', [VERSION, f'{PG_DUMP} "$@" | head -c 20000', end])
        answer = installation.run('backup')
        assert answer.exit_code == 1
        assert answer.stderr.startswith('Error: the dump failed: ')
    assert not installation.unfinished()


def test_what_pg_dump_says_is_told(installation: Installation, programs: Path) -> None:
    program(programs, 'pg_dump', [
        VERSION, 'echo "pg_dump: hint: first" >&2', 'echo "pg_dump: error: no rights" >&2',
        'echo "pg_dump: detail: a row" >&2', 'exit 1'
    ])
    with pytest.raises(DumpFailed) as failed:
        installation.backups.making.make()
    assert str(failed.value) == 'the dump failed: pg_dump: error: no rights'


def test_a_pg_dump_that_is_missing_is_told(installation: Installation, programs: Path,
                                           monkeypatch: pytest.MonkeyPatch,
                                           make_installation: MakeInstallation) -> None:
    monkeypatch.setenv('PATH', str(programs))
    answer = make_installation().run('backup')
    assert (answer.exit_code, answer.stderr) == (1, 'Error: the dump failed: pg_dump is not on '
                                                 'the path\n')
    assert not installation.files


def cut_after(size: int) -> Watch:
    """Ends every connection once so much was sent over all of them."""
    sent = 0

    def watch(piece: bytes) -> None:
        nonlocal sent
        sent += len(piece)
        if sent > size:
            raise Cut()

    return watch


def test_a_bucket_that_is_cut_off_leaves_no_backup(make_installation: MakeInstallation,
                                                   settings: Settings) -> None:
    installation = make_installation()
    with untouched(installation), proxied(port_of(settings), cut_after(30_000)) as url:
        broken = make_installation(settings={'s3_endpoint_url': url})
        with pytest.raises(StorageUnavailable):
            broken.backups.backing_up.back_up()
    # What could not be taken back over a dead line goes with the remains.
    assert installation.unfinished()
    assert installation.adapters.vault.abandon_uploads(before=FakeClock().now().replace(year=2100))
    assert not installation.unfinished()


def test_a_bucket_that_refuses_is_told_and_nothing_is_left(
        make_installation: MakeInstallation) -> None:
    installation = make_installation()
    with untouched(installation):
        refused = make_installation(settings={'aws_secret_access_key': 'wrong'})
        answer = refused.run('backup')
        assert answer.exit_code == 1
        assert answer.stderr == ('Error: The object store does not answer at the moment. '
                                 '(SignatureDoesNotMatch)\n')


def flip(position: float) -> Callable[[bytes], bytes]:
    """One bit of one byte, at this part of the whole."""

    def change(content: bytes) -> bytes:
        at = min(int(len(content) * position), len(content) - 1)
        return content[:at] + bytes([content[at] ^ 1]) + content[at + 1:]

    return change


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    'first byte': flip(0),
    'some byte': flip(0.4),
    'last byte': flip(1),
    'tail missing': lambda content: content[:-1],
    'half missing': lambda content: content[:len(content) // 2],
    'nothing left': lambda content: b'',
    'one more': lambda content: content + b'\0'
}


@pytest.mark.parametrize('encrypted', [False, True])
def test_a_changed_dump_is_refused_before_it_is_loaded(make_installation: MakeInstallation,
                                                       sealed: dict[str, Any], programs: Path,
                                                       encrypted: bool) -> None:
    installation = make_installation(settings=sealed if encrypted else {})
    manifest = installation.backups.making.make(verify=False).manifest
    program(programs, 'pg_restore', ['echo "pg_restore: error: it was loaded" >&2', 'exit 1'])
    good = installation.dump_of(manifest)
    for change in CHANGES.values():
        installation.put(manifest.object, change(good))
        with pytest.raises(Corrupted):
            installation.backups.drilling.drill(manifest.name)
    assert not installation.databases and not installation.adapters.proofs.all()

    installation.put(manifest.object, good)
    assert 'it was loaded' in installation.run('backup', 'verify').stderr


def test_a_dump_that_is_foreign_or_newer_is_told(installation: Installation) -> None:
    manifest = installation.backups.making.make(verify=False).manifest

    def verify(content: bytes, **changed: Any) -> str:
        """The refusal of another dump that the manifest describes truly."""
        digest = sha256(content).hexdigest()
        other = replace(manifest, size=len(content), sha256=digest, **changed)
        installation.put(manifest.object, content)
        installation.adapters.vault.add(other)
        answer = installation.run('backup', 'verify')
        assert answer.exit_code == 1
        return answer.stderr

    for content in (b'', b'PGDMP', b'CREATE TABLE x ();'):
        assert verify(content).startswith('Error: the dump could not be loaded: ')
    assert verify(b'x',
                  alembic_revision='of_the_future').startswith('Error: newer than this version: ')
    assert not installation.databases


def test_rows_that_are_not_there_prove_nothing(installation: Installation) -> None:
    manifest = installation.backups.making.make(verify=False).manifest
    tables = dict(manifest.tables) | {'public.user': 7}
    installation.adapters.vault.add(replace(manifest, tables=tables))
    answer = installation.run('backup', 'verify')
    assert answer.exit_code == 1
    assert answer.stderr.endswith(': public.user has 0 rows, not 7\n')
    assert not installation.databases


def test_without_an_identity_nothing_is_proven(make_installation: MakeInstallation,
                                               sealed: dict[str, Any], tmp_path: Path) -> None:
    public = sealed | {'backup_age_identity_file': None}
    installation = make_installation(settings=public)
    answer = installation.run('backup')
    assert answer.exit_code == 0
    assert 'not proven: no identity' in answer.stdout

    other = tmp_path / 'other'
    other.write_text(f'{x25519.Identity.generate()}\n')
    for file in (other, tmp_path / 'absent'):
        elsewhere = make_installation(settings=sealed | {'backup_age_identity_file': file})
        answer = elsewhere.run('backup', 'verify')
        assert (answer.exit_code, answer.stderr) == (0, '')
        assert answer.stdout.startswith('not proven: no identity')
    standing = installation.backups.reporting.standing()
    assert standing.last_success is not None and standing.last_verified is None

    assert make_installation(settings=sealed).run('backup', 'verify').exit_code == 0
    assert installation.backups.reporting.standing().last_verified is not None


def environment(installation: Installation, **changed: str) -> dict[str, str]:
    settings = installation.settings
    return dict(os.environ) | {
        'TALELIO_ENV': 'test',
        'SECRET_KEY': settings.secret_key,
        'DATABASE_URL': settings.database_url,
        'REDIS_URL': settings.redis_url,
        'S3_ENDPOINT_URL': str(settings.s3_endpoint_url),
        'S3_BUCKET': settings.s3_bucket,
        'S3_BACKUPS_BUCKET': settings.s3_backups_bucket,
        'S3_BACKUPS_PREFIX': settings.s3_backups_prefix,
        'AWS_REGION': settings.aws_region,
        'AWS_ACCESS_KEY_ID': str(settings.aws_access_key_id),
        'AWS_SECRET_ACCESS_KEY': str(settings.aws_secret_access_key),
    } | changed


@contextmanager
def backup_process(installation: Installation, **changed: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, '-m', 'talelio_backend', 'backup'],
                          cwd=ROOT,
                          env=environment(installation, **changed),
                          stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE,
                          text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def reach(point: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Waits until the process is there."""
    eventually(lambda: point() or process.poll() is not None, seconds=120)
    assert point(), process.communicate()


def test_a_backup_that_is_killed_while_it_dumps_leaves_no_backup(installation: Installation,
                                                                 programs: Path,
                                                                 tmp_path: Path) -> None:
    with untouched(installation):
        program(programs, 'pg_dump', [
            VERSION, f'{PG_DUMP} "$@" | head -c 20000', f'touch {tmp_path}/begun',
            'while [ -e "$0" ] && kill -0 $PPID; do sleep 0.1; done'
        ])
        with backup_process(installation) as process:
            reach((tmp_path / 'begun').exists, process)
            process.kill()
    (programs / 'pg_dump').unlink()

    # The server lets go of the lock when it sees that its holder is gone.
    def next_one() -> bool:
        return installation.run('backup', '--no-wait').exit_code == 0

    assert eventually(next_one, seconds=60)


def test_a_backup_that_is_killed_before_its_manifest_is_pruned_a_day_later(
        make_installation: MakeInstallation, settings: Settings) -> None:
    installation = make_installation()
    hold_up = HoldUp(b'.manifest.json')
    with proxied(port_of(settings), hold_up) as url:
        with backup_process(installation, S3_ENDPOINT_URL=url) as process:
            reach(hold_up.reached.is_set, process)
            process.kill()
        hold_up.go.set()
    (remains, ) = installation.files
    assert remains.endswith('.dump')
    assert installation.run('backup', 'list', '--json').stdout == '{"backups": []}\n'

    later = FakeClock()
    tomorrow = make_installation(clock=later)
    later.set(installation.house.kernel.clock.now())
    later.advance(hours=25)
    made = tomorrow.backups.making.make()
    assert tomorrow.files == {f'{made.manifest.name}.dump', f'{made.manifest.name}.manifest.json'}


def test_a_backup_that_is_asked_to_stop_tidies_up(make_installation: MakeInstallation,
                                                  settings: Settings) -> None:
    installation = make_installation()
    hold_up = HoldUp(b'partNumber=1')
    with untouched(installation), proxied(port_of(settings), hold_up) as url:
        with backup_process(installation, S3_ENDPOINT_URL=url) as process:
            reach(hold_up.reached.is_set, process)
            process.terminate()
            hold_up.go.set()
            assert process.wait(120) == 128 + 15
    assert not installation.unfinished()
