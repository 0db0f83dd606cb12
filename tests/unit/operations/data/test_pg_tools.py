import pytest

from talelio_backend.operations.data.pg_tools import Surroundings

SECRET = 'p@ss/w:rd%20'
ADDRESSES = [
    'postgresql://talelio:p%40ss%2Fw%3Ard%2520@db.example.org:6432/talelio?sslmode=require',
    'postgres://talelio@db.example.org:6432/talelio?password=p%40ss%2Fw%3Ard%2520&sslmode=require',
    'postgresql+psycopg2://talelio:p%40ss%2Fw%3Ard%2520@db.example.org:6432/talelio'
    '?sslmode=require',
]


@pytest.mark.parametrize('address', ADDRESSES)
def test_a_password_stands_in_the_environment_alone(address: str) -> None:
    surroundings = Surroundings(lambda: address, {})
    assert surroundings.place() == ('postgresql://talelio@db.example.org:6432/talelio'
                                    '?sslmode=require')
    assert surroundings.environment()['PGPASSWORD'] == SECRET


def test_another_database_may_be_meant() -> None:
    surroundings = Surroundings(lambda: ADDRESSES[0], {})
    assert surroundings.place('other').startswith('postgresql://talelio@db.example.org:6432/other')


def test_without_a_password_none_is_given() -> None:
    surroundings = Surroundings(lambda: 'postgresql:///talelio?host=/run/postgresql', {})
    assert surroundings.place() == 'postgresql:///talelio?host=%2Frun%2Fpostgresql'
    assert 'PGPASSWORD' not in surroundings.environment()


def test_a_child_gets_what_it_needs_and_no_secret_of_ours() -> None:
    given = {
        'PATH': '/bin',
        'SECRET_KEY': 'x',
        'AWS_SECRET_ACCESS_KEY': 'x',
        'PGSSLROOTCERT': '/ca.pem',
        'PGCONNECT_TIMEOUT': '3',
        'PGDATABASE': 'another',
        'PGOPTIONS': '-c search_path=other',
        'LC_ALL': 'de_DE.UTF-8'
    }
    environment = Surroundings(lambda: 'postgresql://talelio@localhost/talelio',
                               given).environment()
    assert environment == {
        'PATH': '/bin',
        'PGSSLROOTCERT': '/ca.pem',
        'PGCONNECT_TIMEOUT': '3',
        'PGAPPNAME': 'talelio backup',
        'LC_ALL': 'C'
    }


def test_a_password_that_rotates_is_asked_for_anew() -> None:
    addresses = iter(['postgresql://a:one@h/d', 'postgresql://a:two@h/d'])
    surroundings = Surroundings(lambda: next(addresses), {})
    assert surroundings.environment()['PGPASSWORD'] == 'one'
    assert surroundings.environment()['PGPASSWORD'] == 'two'
