from pathlib import Path

import pytest

from talelio_backend.development.data_folder import DataFolder
from talelio_backend.development.environment import Backends, for_programs

BACKENDS = Backends(database_url='postgresql://talelio:x@127.0.0.1:1/talelio',
                    redis_url='redis://:x@127.0.0.1:2/0',
                    s3_endpoint_url='http://127.0.0.1:3',
                    s3_access_key='our-key',
                    s3_secret_key='our-secret',
                    s3_region='us-east-1')


def made_from(inherited: dict[str, str], clock_offset: float = 0.0) -> dict[str, str]:
    return for_programs(inherited,
                        DataFolder(Path('/data')),
                        BACKENDS,
                        pg_bin=Path('/package/bin'),
                        secret_key='s' * 64,
                        port=5001,
                        metrics_port=9001,
                        clock_offset=clock_offset)


def test_what_the_caller_had_is_handed_on() -> None:
    made = made_from({'LOG_LEVEL': 'DEBUG', 'REGISTRATION': 'open', 'TALELIO_ENV': 'test'})
    assert (made['LOG_LEVEL'], made['REGISTRATION'], made['TALELIO_ENV']) == ('DEBUG', 'open',
                                                                              'test')


def test_programs_find_the_servers_and_their_own_address() -> None:
    made = made_from({})
    assert made['TALELIO_ENV'] == 'development'
    assert made['DATABASE_URL'] == BACKENDS.database_url
    assert made['REDIS_URL'] == BACKENDS.redis_url
    assert made['PUBLIC_URL'] == 'http://127.0.0.1:5001'
    assert made['METRICS_PORT'] == '9001'
    assert made['PROMETHEUS_MULTIPROC_DIR'] == '/data/metrics'


def test_psql_is_the_one_of_our_own_server() -> None:
    assert made_from({'PATH': '/usr/bin:/bin'})['PATH'] == '/package/bin:/usr/bin:/bin'
    assert made_from({})['PATH'].startswith('/package/bin:')


def test_cloud_account_of_the_caller_never_meets_the_embedded_store() -> None:
    made = made_from({
        'AWS_ACCESS_KEY_ID': 'theirs',
        'AWS_SECRET_ACCESS_KEY': 'theirs',
        'AWS_SESSION_TOKEN': 'theirs',
        'AWS_PROFILE': 'theirs'
    })
    assert 'theirs' not in made.values()
    assert made['AWS_ACCESS_KEY_ID'] == 'our-key'


def test_own_object_store_keeps_its_keys() -> None:
    made = made_from({
        'S3_ENDPOINT_URL': 'https://objects.example.org',
        'AWS_ACCESS_KEY_ID': 'theirs',
        'S3_BUCKET': 'mine'
    })
    assert made['S3_ENDPOINT_URL'] == 'https://objects.example.org'
    assert made['AWS_ACCESS_KEY_ID'] == 'theirs'
    assert made['S3_BUCKET'] == 'mine'


def test_secret_key_in_a_file_is_not_doubled() -> None:
    assert 'SECRET_KEY' not in made_from({'SECRET_KEY_FILE': '/run/secrets/key'})
    assert made_from({'SECRET_KEY_FILE': ''})['SECRET_KEY'] == 's' * 64


def test_proxy_for_the_world_is_not_asked_for_this_machine() -> None:
    made = made_from({'HTTP_PROXY': 'http://proxy.example.org', 'NO_PROXY': 'example.org'})
    assert made['NO_PROXY'] == 'example.org,127.0.0.1'


@pytest.mark.parametrize(('offset', 'text'), [(0.0, '0'), (3600.0, '3600'), (-0.5, '-0.5'),
                                              (100.0, '100')])
def test_clock_offset_is_written_as_a_plain_number(offset: float, text: str) -> None:
    assert made_from({}, clock_offset=offset)['TALELIO_CLOCK_OFFSET'] == text
