import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.authors import Person, Site
from tests.eventually import eventually
from tests.intake import IMPORTS, catalogue, counts, post, table, work

ROOT = Path(__file__).parents[4]
ROWS = 200
START = Callable[[], subprocess.Popen[bytes]]


def file_of(number: int) -> str:
    """Every second row has a fault, so that problems are kept once as well."""
    return table(*({
        'title': f'Book {place:03d}',
        'authors': 'Austen, Jane',
        'category': 'Novels',
        'year': 'x' if place % 2 else '1816'
    } for place in range(number)))


@pytest.fixture(name='start')
def start_workers(site: Site, tmp_path: Path) -> Iterator[START]:
    settings = site.house.settings
    environment = {
        **os.environ, 'TALELIO_ENV': 'test',
        'SECRET_KEY': settings.secret_key,
        'DATABASE_URL': settings.database_url,
        'REDIS_URL': settings.redis_url,
        'TALELIO_DATA_DIR': str(tmp_path)
    }
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        with (tmp_path / 'worker.log').open('ab') as log:
            # pylint: disable-next=consider-using-with  # ended below
            process = subprocess.Popen([sys.executable, '-m', 'tests.library_worker'],
                                       cwd=ROOT,
                                       env=environment,
                                       stdout=log,
                                       stderr=log)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def processed(site: Site) -> int:
    number: int = site.execute('SELECT processed FROM library_import')[0][0]
    return number


def ended(admin: Person, path: str) -> bool:
    return bool(admin.get(path).get_json()['state'] not in ('queued', 'running'))


@pytest.mark.parametrize('dry_run', ['false', 'true'])
def test_killed_worker_goes_on_where_it_stopped(site: Site, admin: Person, start: START,
                                                dry_run: str) -> None:
    path = post(admin, file_of(ROWS), query=f'dry_run={dry_run}').headers['Location']
    worker = start()
    eventually(lambda: processed(site) >= 5, seconds=60)
    worker.kill()
    worker.wait()
    before = admin.get(path).get_json()
    assert (before['state'], before['processed'] < ROWS) == ('running', True)
    start()
    eventually(lambda: processed(site) > before['processed'], seconds=60)
    eventually(lambda: ended(admin, path), seconds=120)
    found = admin.get(path).get_json()
    assert (found['state'], found['processed']) == ('done', ROWS)
    assert counts(found) == (ROWS // 2, 0, 0, ROWS // 2)
    assert found['problems_total'] == ROWS // 2
    assert site.execute('SELECT count(*), count(DISTINCT row) FROM library_import_problem') == [
        (ROWS // 2, ROWS // 2)
    ]
    titles = [book['title'] for book in catalogue(admin)]
    assert len(titles) == len(set(titles)) == (ROWS // 2 if dry_run == 'false' else 0)


def test_two_workers_take_no_record_twice(site: Site, admin: Person) -> None:
    path = post(admin, file_of(8)).headers['Location']
    job, = site.execute('SELECT task_name, args FROM procrastinate_jobs')
    run = {handler.name: handler for handler in site.house.handlers}[job.task_name].run
    run(**job.args['arguments'])
    run(**job.args['arguments'])
    assert counts(admin.get(path).get_json()) == (4, 0, 0, 4)
    assert len(catalogue(admin)) == 4


def test_import_is_cancelled_before_it_begins(site: Site, admin: Person) -> None:
    path = post(admin, file_of(2)).headers['Location']
    answer = admin.delete(path)
    assert (answer.status_code, answer.get_json()['state']) == (202, 'cancelled')
    work(site)
    assert (admin.get(path).get_json()['state'], catalogue(admin)) == ('cancelled', [])
    again = admin.delete(path)
    assert (again.status_code, again.get_json()['code']) == (409, 'import_finished')
    assert site.execute('SELECT count(*) FROM library_import_file')[0][0] == 0


def test_running_import_is_stopped_and_keeps_what_is_through(site: Site, admin: Person,
                                                             start: START) -> None:
    path = post(admin, file_of(ROWS)).headers['Location']
    start()
    eventually(lambda: processed(site) >= 5, seconds=60)
    assert admin.delete(path).status_code == 202
    found = admin.get(path).get_json()
    assert found['state'] == 'cancelled'
    eventually(lambda: not site.execute('SELECT 1 FROM procrastinate_jobs WHERE status IN '
                                        "('todo', 'doing')"),
               seconds=60)
    assert admin.get(path).get_json() == found
    assert len(catalogue(admin)) == found['created']
    assert {row.state for row in site.execute('SELECT state FROM library_import')} == {'cancelled'}


def test_record_that_ends_every_worker_fails_the_import(site: Site, admin: Person) -> None:
    path = post(admin, file_of(2)).headers['Location']
    job, = site.execute('SELECT task_name, args FROM procrastinate_jobs')
    handler = {handler.name: handler for handler in site.house.handlers}[job.task_name]
    assert handler.on_exhausted is not None
    for _ in range(2):
        handler.on_exhausted(**job.args['arguments'])
    found = admin.get(path).get_json()
    assert (found['state'], [one['code']
                             for one in found['problems']]) == ('failed', ['internal_error'])
    assert IMPORTS in path
