"""A ledger is kept in one currency, whatever the settings say one day."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from talelio_backend.settings import Settings
from tests.authors import Person, Site
from tests.conftest import MakeHouse
from tests.integration.app_library.lending.counter import document
from tests.integration.app_library.money.till import QUOTE, TARIFFS, book

ROOT = Path(__file__).parents[4]


def start(command: str, settings: Settings, folder: Path) -> 'subprocess.CompletedProcess[str]':
    """What becomes of the process, which is to end by itself."""
    environ = {
        'PATH': os.environ['PATH'],
        'TALELIO_ENV': 'test',
        'TALELIO_CURRENCY': 'SEK',
        'DATA_DIR': str(folder),
        'PROMETHEUS_MULTIPROC_DIR': str(folder / 'metrics'),
        'SECRET_KEY': settings.secret_key,
        'DATABASE_URL': settings.database_url,
        'REDIS_URL': settings.redis_url,
        'S3_ENDPOINT_URL': settings.s3_endpoint_url or '',
        'S3_BUCKET': settings.s3_bucket,
        'AWS_REGION': settings.aws_region,
        'AWS_ACCESS_KEY_ID': settings.aws_access_key_id or '',
        'AWS_SECRET_ACCESS_KEY': settings.aws_secret_access_key or '',
        'PUBLIC_URL': settings.public_url,
        'CLIENT_URL': settings.client_url,
    }
    return subprocess.run([sys.executable, '-m', 'talelio_backend', command],
                          env=environ,
                          cwd=ROOT,
                          capture_output=True,
                          text=True,
                          timeout=60,
                          check=False)


@pytest.mark.parametrize('command', ['serve', 'worker'])
def test_nothing_starts_in_another_currency(admin: Person, ada: Person, settings: Settings,
                                            tmp_path: Path, command: str) -> None:
    book(admin, ada, 'charge', '5.00')
    ended = start(command, settings, tmp_path)
    assert ended.returncode == 78, ended.stderr
    assert 'TALELIO_CURRENCY is SEK' in ended.stderr
    assert 'kept in EUR' in ended.stderr


def test_a_ledger_without_entries_takes_any(make_house: MakeHouse) -> None:
    house = make_house(settings={'currency': 'SEK'})
    assert house.faults() == []
    stranger = Site(house).stranger
    assert document(stranger.get(f'{TARIFFS}/v1'))['currency'] == 'SEK'
    assert document(stranger.get(TARIFFS))['tariffs'][0]['currency'] == 'SEK'
    assert document(stranger.get(f'{QUOTE}?item_type=novel&days=1'))['currency'] == 'SEK'


def test_entries_in_the_currency_are_no_fault(admin: Person, ada: Person, site: Site) -> None:
    book(admin, ada, 'charge', '5.00')
    assert site.house.faults() == []


def test_a_database_that_is_away_stops_no_start(make_house: MakeHouse, settings: Settings) -> None:
    nowhere = settings.database_url.rpartition('/')[0] + '/there_is_none'
    assert make_house(settings={'database_url': nowhere, 'currency': 'SEK'}).faults() == []
