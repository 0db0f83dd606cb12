from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import text

from talelio_backend.bootstrap import House, make_flask
from tests.conftest import MakeHouse

ROWS = text('SELECT * FROM activity ORDER BY created_at, id')
PASSWORD = 'a quiet heron by the water'


def register(client: FlaskClient, **changed: str) -> int:
    values = {'email': 'ann@example.org', 'username': 'ann', 'password': PASSWORD} | changed
    return client.post('/v1/accounts/register', json=values, headers={
        'X-Request-Id': 'walk-1'
    }).status_code


def test_change_and_its_row_are_written_together(client: FlaskClient, house: House) -> None:
    assert register(client) == 201
    row, = house.kernel.read.all(ROWS)
    assert (row.area, row.action) == ('account', 'account_registered')
    assert row.request_id == 'walk-1'
    assert row.target_label == 'ann'
    assert row.actor_id == UUID(row.target_id)


def test_refused_request_leaves_no_row(client: FlaskClient, house: House) -> None:
    register(client)
    assert register(client, username='anna') == 409
    assert len(house.kernel.read.all(ROWS)) == 1


def test_nothing_is_recorded_where_the_area_is_off(make_house: MakeHouse) -> None:
    house = make_house(settings={'areas': ('account', )})
    assert register(make_flask(house).test_client()) == 201
    assert house.kernel.read.all(ROWS) == []
