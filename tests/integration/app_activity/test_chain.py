import json
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import exc

from talelio_backend.bootstrap import House
from talelio_backend.shared.area import Area
from tests.authors import Person, Site
from tests.conftest import MakeHouse
from tests.fakes import FakeClock
from tests.integration.app_activity.rows import BEGIN, LIST, write
from tests.parallel import at_once
from tests.statements import recorded

CHAIN = f'{LIST}/chain'
GUARDS = 'ALTER TABLE activity {} TRIGGER activity_guard_rows'


def area_of(house: House) -> Area:
    return next(area for area in house.areas if area.name == 'activity')


def run_job(house: House, name: str) -> None:
    next(handler for handler in area_of(house).handlers if handler.name == name).run()


def seal(site: Site) -> None:
    run_job(site.house, 'activity.seal')


def command(house: House, *arguments: str) -> Result:
    return CliRunner().invoke(area_of(house).commands[0], arguments)


def verdict(site: Site) -> dict[str, Any]:
    outcome = command(site.house, 'verify', '--json')
    told: dict[str, Any] = json.loads(outcome.output)
    assert outcome.exit_code == (0 if told['ok'] else 1)
    return told


@pytest.fixture(name='by_hand')
def make_by_hand(site: Site) -> Callable[..., None]:
    """Runs SQL as somebody would who takes the guards away."""

    def run(statement: str, **values: Any) -> None:
        site.execute(GUARDS.format('DISABLE'))
        site.execute(statement, **values)
        site.execute(GUARDS.format('ENABLE ALWAYS'))

    return run


@pytest.fixture(name='six')
def make_six(site: Site) -> Site:
    for number in range(6):
        write(site, f'Lent “Äiti {number}”', changes='{"n": {"before": 1.50, "after": "ä"}}')
    seal(site)
    return site


def test_rows_are_sealed_in_order_of_time(site: Site) -> None:
    later = write(site, 'later', created_at=BEGIN + timedelta(days=400))
    earlier = write(site, 'earlier', created_at=BEGIN + timedelta(days=300))
    seal(site)
    seal(site)
    rows = site.execute('SELECT id, seq FROM activity ORDER BY seq')
    assert [tuple(row) for row in rows] == [(earlier, 1), (later, 2)]
    write(site)
    seal(site)
    assert verdict(site)['rows'] == 3


@pytest.mark.usefixtures('six')
def test_sealing_is_shown_in_the_list(admin: Person) -> None:
    assert [row['seq'] for row in admin.get(LIST).get_json()['activity']] == [6, 5, 4, 3, 2, 1]


def test_fifty_writers_and_sealers_make_one_chain(site: Site, ada: Person) -> None:

    def act(number: int) -> int:
        if number % 10 == 0:
            seal(site)
        return ada.post('/v1/projects', json={'title': f'Boat {number}'}).status_code

    assert set(at_once(50, act)) == {201}
    seal(site)
    rows = site.execute('SELECT seq FROM activity ORDER BY seq')
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) >= 50
    assert verdict(site)['ok']


def test_verify_prints_the_number_and_the_head(six: Site) -> None:
    outcome = command(six.house, 'verify')
    head = six.execute('SELECT hash FROM activity WHERE seq = 6')[0].hash
    assert (outcome.exit_code, outcome.output) == (0, f'ok: 6 rows, head {head}\n')


def test_nothing_is_a_whole_chain(site: Site) -> None:
    assert verdict(site) == {
        'ok': True,
        'rows': 0,
        'head_seq': 0,
        'head': '0' * 64,
        'broken_at': None
    }


@pytest.mark.parametrize(('statement', 'broken_at'), [
    ("UPDATE activity SET text = 'x' WHERE seq = 3", 3),
    ("UPDATE activity SET created_at = created_at + interval '1 microsecond' WHERE seq = 1", 1),
    ('UPDATE activity SET changes = NULL WHERE seq = 6', 6),
    ('UPDATE activity SET redacted = true WHERE seq = 2', 2),
    ('UPDATE activity SET seq = NULL WHERE seq = 4', 4),
    ('DELETE FROM activity WHERE seq = 1', 1),
    ('DELETE FROM activity WHERE seq = 4', 4),
    ('DELETE FROM activity WHERE seq = 6', 6),
    ('DELETE FROM activity WHERE seq IN (5, 6)', 5),
    ('TRUNCATE activity', 1),
])
def test_what_is_done_by_hand_is_found(six: Site, by_hand: Callable[..., None], statement: str,
                                       broken_at: int) -> None:
    by_hand(statement)
    found = verdict(six)
    assert (found['ok'], found['broken_at']) == (False, broken_at)
    outcome = command(six.house, 'verify')
    assert (outcome.exit_code, outcome.output) == (1, f'broken at seq {broken_at}\n')


def test_row_that_is_added_by_hand_is_found(six: Site) -> None:
    copy = ('INSERT INTO activity SELECT gen_random_uuid(), created_at, area, action, text, '
            'actor_id, impersonator_id, target_type, target_id, target_label, changes, '
            'request_id, 7, prev_hash, content_hash, hash, redacted, search '
            'FROM activity WHERE seq = 6')
    with pytest.raises(exc.IntegrityError):
        six.execute(copy)
    six.execute('ALTER TABLE activity DISABLE TRIGGER activity_guard_seals')
    six.execute(copy)
    six.execute('ALTER TABLE activity ENABLE ALWAYS TRIGGER activity_guard_seals')
    assert verdict(six)['broken_at'] == 7


@pytest.mark.parametrize('statement', [
    "UPDATE activity SET text = 'x' WHERE seq = 3", 'UPDATE activity SET seq = 9 WHERE seq = 3',
    'UPDATE activity SET redacted = true', 'DELETE FROM activity',
    "UPDATE activity SET text = 'x', seq = 7 WHERE seq IS NULL",
    'DELETE FROM activity WHERE seq IS NULL', "UPDATE activity SET search = ''"
])
def test_the_owner_of_the_table_is_refused(six: Site, statement: str) -> None:
    write(six)
    with pytest.raises(exc.IntegrityError, match='neither changed nor removed'):
        six.execute(statement)
    assert verdict(six)['ok']


def test_chain_is_told_with_the_last_verdict(six: Site, admin: Person,
                                             by_hand: Callable[..., None]) -> None:
    write(six)
    head = six.execute('SELECT hash FROM activity WHERE seq = 6')[0].hash
    figures = {'sealed': 6, 'unsealed': 1, 'first_seq': 1, 'head_seq': 6, 'head': head}
    assert admin.get(CHAIN).get_json() == figures | {'verified_at': None, 'ok': None}
    run_job(six.house, 'activity.verify')
    told = admin.get(CHAIN).get_json()
    assert told['ok'] is True and told['verified_at'].endswith('Z')
    by_hand('DELETE FROM activity WHERE seq = 3')
    run_job(six.house, 'activity.verify')
    assert admin.get(CHAIN).get_json()['ok'] is False


def test_chain_of_nothing(admin: Person, ada: Person, stranger: Person) -> None:
    assert admin.get(CHAIN).get_json() == {
        'sealed': 0,
        'unsealed': 0,
        'first_seq': None,
        'head_seq': None,
        'head': None,
        'verified_at': None,
        'ok': None
    }
    assert (ada.get(CHAIN).status_code, stranger.get(CHAIN).status_code) == (403, 401)


def test_retention_leaves_a_checkpoint(make_house: MakeHouse) -> None:
    clock = FakeClock()
    house = make_house(clock=clock, settings={'activity_days': 10})
    site = Site(house)
    for days in (30, 20, 11, 9, 40, 1):  # the fifth is old, and not at the old end
        write(site, created_at=clock.now() - timedelta(days=days))
        seal(site)
    run_job(house, 'activity.retention')
    rows = site.execute('SELECT seq FROM activity ORDER BY seq')
    assert [row.seq for row in rows] == [4, 5, 6]
    found = verdict(site)
    assert (found['ok'], found['rows'], found['head_seq']) == (True, 3, 6)
    clock.advance(days=30)
    run_job(house, 'activity.retention')
    assert verdict(site) | {'rows': 0, 'head_seq': 6} == verdict(site)
    write(site)
    seal(site)
    assert verdict(site)['head_seq'] == 7


def test_rows_are_kept_for_ever_with_0(make_house: MakeHouse) -> None:
    house = make_house(settings={'activity_days': 0})
    site = Site(house)
    write(site)
    seal(site)
    run_job(house, 'activity.retention')
    assert len(site.activity()) == 1


def test_verification_needs_little_memory_and_few_statements(site: Site) -> None:
    site.execute('INSERT INTO activity (id, created_at, area, action, text, search) '
                 "SELECT gen_random_uuid(), timestamptz '2026-01-01' + n * interval '1 second', "
                 "'project', 'project_created', repeat('x', 200), '' "
                 'FROM generate_series(1, 12000) AS n')
    seal(site)
    tracemalloc.start()
    with recorded(site.house) as sent:
        assert verdict(site)['rows'] == 12000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(sent) < 20
    # All rows at once would be 30 MB.
    assert peak < 12 * 2**20
