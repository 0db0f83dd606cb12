import json
from typing import Any

import pytest

from talelio_backend.settings import Settings, SettingsFaults
from talelio_backend.shared.data.secrets_manager import (DatabaseAddress, SecretFault, Secrets,
                                                         parse)
from talelio_backend.shared.data.secrets_metrics import SecretsCollector

KEY = 'nD4xq8Zr1WvB7yKcE2mTg5HsJ9pLuF3aQd6RiXoYtVeNbGwMkCzSjPhUlA0f-_q7'
LOGIN = {'username': 'anna', 'password': 'p@ss/word', 'host': 'db.internal', 'dbname': 'talelio'}


class Manager:
    """Keeps texts by name; ``down`` does not answer."""

    def __init__(self, **texts: str) -> None:
        self.texts = texts
        self.down = False
        self.asked = 0
        self.seconds = 0.0

    def __call__(self, name: str) -> str:
        self.asked += 1
        if self.down or name not in self.texts:
            raise SecretFault(f'{name}: EndpointConnectionError')
        return self.texts[name]

    def secrets(self, *names: str, ttl: float = 300) -> Secrets:
        return Secrets(names or tuple(self.texts), self, ttl=ttl, now=lambda: self.seconds)


def test_nothing_is_asked_before_it_is_needed() -> None:
    manager = Manager(one='{}')
    manager.secrets()
    assert manager.asked == 0


def test_answers_are_kept_for_their_time() -> None:
    manager = Manager(one='{"SECRET_KEY": "old"}')
    secrets = manager.secrets()
    manager.texts['one'] = '{"SECRET_KEY": "new"}'
    assert [secrets.values()['SECRET_KEY'] for _ in range(2)] == ['new', 'new']
    manager.texts['one'] = '{"SECRET_KEY": "newest"}'
    manager.seconds = 299
    assert secrets.values()['SECRET_KEY'] == 'new' and manager.asked == 1
    manager.seconds = 300
    assert secrets.values()['SECRET_KEY'] == 'newest' and manager.asked == 2


def test_the_newest_is_asked_for_at_once() -> None:
    manager = Manager(one='{"SECRET_KEY": "old"}')
    secrets = manager.secrets()
    assert secrets.values()['SECRET_KEY'] == 'old'
    manager.texts['one'] = '{"SECRET_KEY": "new"}'
    assert secrets.values(newest=True)['SECRET_KEY'] == 'new'


def test_a_manager_that_is_down_leaves_the_old_values_and_says_so() -> None:
    manager = Manager(one='{"SECRET_KEY": "old"}')
    secrets = manager.secrets()
    secrets.values()
    manager.down, manager.seconds = True, 301
    assert secrets.values()['SECRET_KEY'] == 'old' and secrets.stale
    assert manager.asked == 2
    secrets.values()
    assert manager.asked == 2  # not again at once
    manager.down, manager.seconds = False, 340
    assert secrets.values()['SECRET_KEY'] == 'old' and not secrets.stale


def test_a_manager_that_never_answered_is_a_fault() -> None:
    manager = Manager()
    with pytest.raises(SecretFault, match='one: EndpointConnectionError'):
        manager.secrets('one').values()


def test_the_first_object_with_a_key_counts() -> None:
    manager = Manager(one='{"A": "1"}', two='{"A": "2", "B": "2"}')
    assert manager.secrets('one', 'two').values() == {'A': '1', 'B': '2'}


@pytest.mark.parametrize('text, told', [('sesame', 'one: not JSON'),
                                        ('["sesame"]', 'one: not a '
                                         'JSON object')])
def test_what_is_no_object_is_told_by_its_name_alone(text: str, told: str) -> None:
    with pytest.raises(SecretFault) as refused:
        parse('one', text)
    assert str(refused.value) == told
    assert refused.value.__cause__ is None


@pytest.mark.parametrize('changed, url', [
    ({}, 'postgresql://anna:p%40ss%2Fword@db.internal:5432/talelio'),
    ({
        'port': 6543,
        'engine': 'postgres'
    }, 'postgresql://anna:p%40ss%2Fword@db.internal:6543/'
     'talelio'),
    ({
        'host': '::1'
    }, 'postgresql://anna:p%40ss%2Fword@[::1]:5432/talelio'),
])
def test_the_login_of_a_database_is_its_address(changed: dict[str, Any], url: str) -> None:
    assert parse('one', json.dumps(LOGIN | changed))['DATABASE_URL'] == url


def test_an_address_by_its_own_name_goes_before_the_login() -> None:
    text = json.dumps(LOGIN | {'DATABASE_URL': 'postgresql://here/talelio'})
    assert parse('one', text)['DATABASE_URL'] == 'postgresql://here/talelio'


def test_an_address_follows_its_secret() -> None:
    manager = Manager(one=json.dumps(LOGIN))
    secrets = manager.secrets()
    address = DatabaseAddress('postgresql://old/talelio', secrets)
    assert 'p%40ss' in address.current()
    manager.texts['one'] = json.dumps(LOGIN | {'password': 'changed'})
    assert 'changed' in address.current(newest=True)
    assert DatabaseAddress('postgresql://old/talelio').current() == 'postgresql://old/talelio'


ENVIRON = {
    'TALELIO_ENV': 'development',
    'TALELIO_SECRETS': 'talelio/app, talelio/database',
    'REDIS_URL': 'redis://127.0.0.1:6380/0',
}


def load(manager: Manager, **environ: str) -> Settings:
    return Settings.load(ENVIRON | environ, ask=lambda **_options: manager)


def faults(manager: Manager, **environ: str) -> list[str]:
    with pytest.raises(SettingsFaults) as refused:
        load(manager, **environ)
    return refused.value.faults


def both() -> Manager:
    return Manager(**{
        'talelio/app': json.dumps({'SECRET_KEY': KEY}),
        'talelio/database': json.dumps(LOGIN)
    })


def test_secrets_that_the_environment_has_not_come_from_the_manager() -> None:
    settings = load(both())
    assert settings.secret_key == KEY
    assert settings.database_url.startswith('postgresql://anna:')
    assert settings.database_address.changes
    assert 'p@ss/word' in settings.secret_values


def test_another_database_of_the_server_follows_nothing() -> None:
    settings = load(both())
    beside = settings.at_database('beside')
    # The address that the manager keeps is that of the live one, and nobody may be led there.
    assert not beside.database_address.changes
    assert beside.database_address.current(newest=True).endswith('/beside')
    assert beside.model_copy(update={
        'database_url': settings.database_url
    }).model_dump() == settings.model_dump()
    assert settings.database_address.changes


def test_the_environment_goes_before_the_manager() -> None:
    settings = load(both(), DATABASE_URL='postgresql://here/talelio')
    assert settings.database_url == 'postgresql://here/talelio'
    assert not settings.database_address.changes


def test_what_is_no_secret_is_not_taken_from_the_manager() -> None:
    manager = both()
    manager.texts['talelio/app'] = json.dumps({'SECRET_KEY': KEY, 'PORT': '1', 'SITE_TITLE': 'x'})
    settings = load(manager)
    assert (settings.port, settings.site_title) == (5000, 'talelio')


def test_without_names_nobody_is_asked() -> None:
    manager = both()
    load(manager, TALELIO_SECRETS='', SECRET_KEY=KEY, DATABASE_URL='postgresql://here/talelio')
    assert manager.asked == 0


def test_a_missing_key_is_told_with_the_secrets_and_no_text() -> None:
    manager = both()
    manager.texts['talelio/app'] = '{"OTHER": "sesame"}'
    assert faults(manager) == ['SECRET_KEY: missing, no key of talelio/app, talelio/database']


def test_a_secret_that_cannot_be_read_is_a_fault_beside_the_others() -> None:
    manager = both()
    manager.texts['talelio/app'] = 'sesame'
    told = faults(manager, REDIS_URL='nowhere')
    assert 'TALELIO_SECRETS: talelio/app: not JSON' in told
    assert any(line.startswith('REDIS_URL: ') for line in told)
    assert 'sesame' not in ''.join(told)


@pytest.mark.parametrize('down', [False, True])
def test_old_values_that_serve_on_are_measured(down: bool) -> None:
    manager = both()
    secrets = manager.secrets(ttl=1)
    secrets.values()
    manager.down, manager.seconds = down, 2
    family, = SecretsCollector(secrets).collect()
    assert family.samples[0].value == down


def test_without_a_manager_nothing_is_stale() -> None:
    family, = SecretsCollector(None).collect()
    assert (family.name, family.samples[0].value) == ('talelio_secrets_stale', 0)
