"""How PostgreSQL lists a hundred thousand accounts."""

from collections.abc import Iterator

import pytest

from talelio_backend.app_account.adapters import build_adapters
from talelio_backend.app_account.services.queries import UserFilter
from talelio_backend.bootstrap import House
from talelio_backend.settings import Settings
from talelio_backend.shared.services.listing import PageRequest
from tests.conftest import Servers
from tests.fakes import NOON
from tests.patient_house import patient_house, vacuum
from tests.plans import planned, read_whole
from tests.statements import recorded

PEOPLE = '''
    WITH people AS (
        INSERT INTO "user" (id, username, location, bio, created_at)
        SELECT md5('u' || n)::uuid, 'user' || n, '', '', %(now)s::timestamptz - n * interval '1 minute'
        FROM generate_series(1, 100000) AS n RETURNING id, username, created_at
    )
    INSERT INTO account (id, email, level, language, verified_at, last_seen_at, updated_at, search)
    SELECT id, username || '@example.org', 1, 'en',
           CASE WHEN username LIKE '%%7' THEN NULL ELSE created_at END,
           CASE WHEN username LIKE '%%3' THEN NULL ELSE created_at END, created_at,
           username || '@example.org'
    FROM people
'''


@pytest.fixture(scope='module', name='big_house')
def make_big_house(servers: Servers, settings: Settings, worker_number: int) -> Iterator[House]:
    with patient_house(servers, settings, f'talelio_people_{worker_number}') as house:
        with house.kernel.engine.begin() as connection:
            connection.exec_driver_sql(PEOPLE, {'now': NOON})
        vacuum(house)
        yield house


def test_no_sort_reads_the_whole_table(big_house: House) -> None:
    users = build_adapters(big_house.kernel, big_house.settings).queries.users
    options = users(UserFilter(), PageRequest(limit=1)).sort_options
    assert options
    for sort in (f'{option.id}_{direction}' for option in options
                 for direction in ('asc', 'desc')):
        with recorded(big_house) as sent:
            first = users(UserFilter(), PageRequest(sort=sort, limit=20))
            users(UserFilter(), PageRequest(sort=sort, limit=20, cursor=first.next))
        assert len(sent) == 2
        for statement, parameters in sent:
            whole = read_whole(planned(big_house.kernel.engine, statement, parameters))
            assert not whole, f'{sort}: {whole}'
