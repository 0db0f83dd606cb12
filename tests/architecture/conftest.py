import pytest
from flask import Flask

from talelio_backend.bootstrap import House, build, make_flask
from talelio_backend.settings import Settings

NOWHERE = {
    'TALELIO_ENV': 'test',
    'SECRET_KEY': '0c4e9ad7b2f81635' * 4,
    'DATABASE_URL': 'postgresql://nobody:nothing@127.0.0.1:1/nothing',
    'REDIS_URL': 'redis://127.0.0.1:1/0',
    'LOG_LEVEL': 'WARNING',
}


@pytest.fixture(name='house', scope='session')
def build_house() -> House:
    """Every area, as production plugs it in; nothing of it is connected to anything."""
    return build(Settings.load(NOWHERE))


@pytest.fixture(name='app', scope='session')
def build_app(house: House) -> Flask:
    return make_flask(house)
