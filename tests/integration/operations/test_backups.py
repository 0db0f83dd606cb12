"""Backups of a real database into a real bucket, on good days."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

from talelio_backend.operations.services.nightly import NIGHTLY
from tests.eventually import eventually
from tests.fakes import FakeClock
from tests.integration.operations.installation import (PG_DUMP, Installation, MakeInstallation,
                                                       program)
from tests.parallel import at_once

NAME = 'talelio-20260314T120000Z'


def backups_of(installation: Installation) -> list[dict[str, Any]]:
    answer = installation.run('backup', 'list', '--json')
    assert answer.exit_code == 0, answer.output
    found: list[dict[str, Any]] = json.loads(answer.stdout)['backups']
    return found


def test_a_backup_is_dumped_described_proven_and_listed(make_installation: MakeInstallation,
                                                        sealed: dict[str, Any]) -> None:
    installation = make_installation(clock=FakeClock(), settings=sealed)
    installation.write_rows(3)

    answer = installation.run('backup', '--json')
    assert answer.exit_code == 0, answer.output
    made = json.loads(answer.stdout)

    assert installation.files == {f'{NAME}.dump.age', f'{NAME}.manifest.json'}
    assert made['name'] == NAME and made['encrypted']
    assert made['recipients'] == [*sealed['backup_age_recipients']]
    assert made['tables']['public.procrastinate_jobs'] == 3
    assert made['tables']['public.alembic_version'] == 1
    assert made['media']['bucket'] == installation.settings.s3_bucket
    assert made['tools']['pg_dump'] == made['tools']['server']
    assert made['verified_at'] == '2026-03-14T12:00:00.123456Z'
    stored = installation.store.head(made['object'])
    assert stored is not None and stored.size == made['size']
    assert backups_of(installation) == [{
        'name': NAME,
        'created_at': '2026-03-14T12:00:00Z',
        'object': made['object'],
        'size': made['size'],
        'encrypted': True,
        'alembic_revision': made['alembic_revision'],
        'note': None,
        'verified_at': made['verified_at']
    }]
    assert not installation.databases and not installation.unfinished()


def test_a_drill_may_come_later(installation: Installation) -> None:
    assert installation.run('backup', '--no-verify').exit_code == 0
    assert backups_of(installation)[0]['verified_at'] is None

    answer = installation.run('backup', 'verify', '--latest')
    assert answer.exit_code == 0 and 'proven in' in answer.stdout
    assert backups_of(installation)[0]['verified_at'] is not None
    assert installation.run('backup', 'verify', 'a', '--latest').exit_code == 2


def test_what_is_written_meanwhile_is_in_neither_dump_nor_counts(
        installation: Installation) -> None:
    done, written = Event(), Event()

    def write(_number: int) -> int:
        rows = 0
        while not done.is_set() or rows < 25:
            installation.write_rows(1)
            rows += 1
            written.set()
        installation.write_rows(1)  # there is always one that came after the snapshot
        return rows + 1

    with ThreadPoolExecutor(8) as writers:
        rows = [writers.submit(write, number) for number in range(8)]
        assert written.wait(30)
        try:
            made = installation.backups.making.make()
        finally:
            done.set()
        total = sum(one.result() for one in rows)

    assert made.drill is not None and made.drill.proof is not None
    assert total >= 200
    assert 0 < made.manifest.tables['public.procrastinate_jobs'] < total


def test_a_dump_blocks_no_write(installation: Installation, programs: Any, tmp_path: Any) -> None:
    go = tmp_path / 'go'
    program(programs, 'pg_dump', [
        f'[ "$1" = --version ] && exec {PG_DUMP} --version',
        f'{PG_DUMP} "$@" | {{ head -c 1000; touch {tmp_path}/begun; '
        f'while [ ! -e {go} ]; do sleep 0.05; done; cat; }}'
    ])
    with ThreadPoolExecutor(1) as elsewhere:
        made = elsewhere.submit(installation.backups.making.make)
        try:
            eventually((tmp_path / 'begun').exists)
            installation.write_rows(1)
        finally:
            go.touch()
        assert made.result().manifest.tables['public.procrastinate_jobs'] == 0


def test_two_at_once_make_two_one_after_the_other(installation: Installation) -> None:
    made = at_once(2, lambda _number: installation.backups.making.make(verify=False).manifest)
    assert len({one.name for one in made}) == 2
    assert {one.name for one in made} == {one['name'] for one in backups_of(installation)}


def test_the_second_gives_up_where_it_may_not_wait(installation: Installation) -> None:
    held, go = Event(), Event()

    def hold() -> None:
        with installation.adapters.backup_lock.hold():
            held.set()
            assert go.wait(60)

    with ThreadPoolExecutor(1) as elsewhere:
        holding = elsewhere.submit(hold)
        try:
            assert held.wait(30)
            answer = installation.run('backup', '--no-wait')
        finally:
            go.set()
        holding.result()
    assert answer.exit_code == 1
    assert answer.stderr == 'Error: another is running: backup\n'
    assert not installation.files


def test_retention_follows_a_backup(make_installation: MakeInstallation) -> None:
    clock = FakeClock()
    installation = make_installation(clock=clock,
                                     settings={
                                         'backup_keep_daily': 2,
                                         'backup_keep_weekly': 0,
                                         'backup_keep_monthly': 0
                                     })
    for _night in range(3):
        assert installation.run('backup', '--no-verify').exit_code == 0
        clock.advance(days=1)
    installation.put(f'{installation.settings.s3_backups_prefix}/{NAME[:-3]}01Z.dump', b'remains')

    told = installation.run('backup', 'prune', '--dry-run')
    assert told.stdout.splitlines() == [NAME, 'talelio-20260314T120001Z']
    assert 'would be removed' in told.stderr
    assert len(backups_of(installation)) == 3

    assert installation.run('backup', 'prune').stdout == told.stdout
    assert [one['name'][8:16] for one in backups_of(installation)] == ['20260316', '20260315']
    assert len(installation.files) == 4


def test_the_worker_has_a_nightly_job(make_installation: MakeInstallation) -> None:
    clock = FakeClock()
    installation = make_installation(clock=clock)
    handler = {one.name: one for one in installation.house.handlers}[NIGHTLY]
    assert handler.cron == '0 3 * * *' and handler.attempts > 1

    installation.run('backup', '--no-verify')
    clock.advance(days=1)
    handler.run()
    handler.run()
    listed = backups_of(installation)
    assert [one['verified_at'] is not None for one in listed] == [True, False]
    assert listed[0]['created_at'] == '2026-03-15T12:00:00Z'
