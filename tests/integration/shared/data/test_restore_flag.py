"""What a client is told while the database is being exchanged."""

import pytest
from sqlalchemy import make_url

from talelio_backend.bootstrap import House, make_flask
from talelio_backend.development.ports import free_port
from talelio_backend.shared.data.redis import build_redis
from talelio_backend.shared.data.restore_flag import RedisRestoreFlag
from talelio_backend.shared.domain.errors import SessionStoreUnavailable
from tests.conftest import MakeHouse
from tests.eventually import eventually


@pytest.fixture(name='silent')
def make_silent(make_house: MakeHouse, house: House) -> House:
    """A house whose database does not answer."""
    url = make_url(house.settings.database_url).set(port=free_port())
    return make_house(settings={'database_url': url.render_as_string(hide_password=False)})


def test_flag_is_seen_by_other_processes_and_falls_by_itself(house: House) -> None:
    flag, theirs = house.restore_flag, build_redis(house.settings.redis_url)
    assert not flag.is_up()
    flag.raise_for(60)
    assert RedisRestoreFlag(theirs).is_up()
    assert 0 < house.kernel.redis.ttl('restoring') <= 60
    theirs.close()


def test_raising_anew_changes_the_time(house: House) -> None:
    house.restore_flag.raise_for(60)
    house.restore_flag.raise_for(1)
    eventually(lambda: not house.restore_flag.is_up())


def test_without_redis_nothing_is_known() -> None:
    redis = build_redis(f'redis://127.0.0.1:{free_port()}/0')
    assert not RedisRestoreFlag(redis).is_up()
    with pytest.raises(SessionStoreUnavailable):
        RedisRestoreFlag(redis).raise_for(60)
    redis.close()


def test_silent_database_is_said_to_be_restored_while_the_flag_is_up(silent: House) -> None:
    client = make_flask(silent).test_client()
    answer = client.get('/v1/articles')
    assert (answer.status_code, answer.get_json()['code']) == (503, 'database_unavailable')

    silent.restore_flag.raise_for(60)

    answer = client.get('/v1/articles')
    assert (answer.status_code, answer.get_json()['code']) == (503, 'restoring')
    assert int(answer.headers['Retry-After']) > 0
    assert answer.content_type == 'application/problem+json'


def test_readiness_says_that_the_database_is_being_restored(silent: House) -> None:
    client = make_flask(silent).test_client()
    silent.restore_flag.raise_for(60)

    answer = client.get('/readyz')

    assert answer.status_code == 503
    assert answer.get_json()['checks']['database'] == {'status': 'restoring'}


def test_flag_alone_keeps_nobody_out(house: House) -> None:
    house.restore_flag.raise_for(60)
    client = make_flask(house).test_client()
    assert client.get('/v1/articles').status_code == 200
    assert client.get('/readyz').get_json()['checks']['database']['status'] == 'ok'
