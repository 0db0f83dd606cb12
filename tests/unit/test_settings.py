import os
from typing import Any

import pytest
from pydantic import ValidationError

from talelio_backend.settings import Settings, SettingsFaults

KEY = 'nD4xq8Zr1WvB7yKcE2mTg5HsJ9pLuF3aQd6RiXoYtVeNbGwMkCzSjPhUlA0f-_q7'
RECIPIENT = 'age10esknk736z72aw8vghykmj5mhqugx8t8m67llm5p0qxkpsn93stsu7lqet'
DEVELOPMENT = {
    'TALELIO_ENV': 'development',
    'SECRET_KEY': KEY,
    'DATABASE_URL': 'postgresql://talelio:pass-of-database@127.0.0.1:5433/talelio',
    'REDIS_URL': 'redis://:pass-of-redis@127.0.0.1:6380/0',
}
PRODUCTION = DEVELOPMENT | {
    'TALELIO_ENV': 'production',
    'AWS_REGION': 'eu-north-1',
    'S3_BUCKET': 'content',
    'S3_BACKUPS_BUCKET': 'backups',
    'MAIL_BACKEND': 'smtp',
    'SMTP_URL': 'smtp://mail:pass-of-mail@smtp.example.org',
    'MAIL_SENDER': 'talelio <hello@example.org>',
    'PUBLIC_URL': 'https://api.example.org',
    'CLIENT_URL': 'https://example.org',
    'CORS_ORIGINS': 'https://example.org',
    'REGISTRATION': 'open',
    'BACKUP_AGE_RECIPIENTS': RECIPIENT,
    'TALELIO_METADATA_CONTACT': 'staff@example.org',
}
REQUIRED = sorted(PRODUCTION.keys() - {'TALELIO_ENV'})


def faults(environ: dict[str, str], **options: Any) -> list[str]:
    with pytest.raises(SettingsFaults) as refused:
        Settings.load(environ, **options)
    return refused.value.faults


def test_complete_production_starts() -> None:
    settings = Settings.load(PRODUCTION)

    assert settings.is_production
    assert settings.port == 8000
    assert settings.log_format == 'json'
    assert settings.metrics_port == 9464
    assert not settings.warnings


def test_unset_environment_is_production() -> None:
    environ = {name: value for name, value in PRODUCTION.items() if name != 'TALELIO_ENV'}

    assert Settings.load(environ).is_production


@pytest.mark.parametrize('name', ['', 'prod', 'Production', 'staging'])
def test_other_kind_of_place_refuses_or_is_production(name: str) -> None:
    environ = PRODUCTION | {'TALELIO_ENV': name}

    if not name:
        assert Settings.load(environ).is_production
    else:
        assert [fault.partition(':')[0] for fault in faults(environ)] == ['TALELIO_ENV']


@pytest.mark.parametrize('name', REQUIRED)
def test_each_required_setting_is_missed_in_production(name: str) -> None:
    environ = {other: value for other, value in PRODUCTION.items() if other != name}

    assert faults(environ) == [f'{name}: missing']


@pytest.mark.parametrize('name', REQUIRED)
def test_empty_counts_as_unset(name: str) -> None:
    assert faults(PRODUCTION | {name: ''}) == [f'{name}: missing']


@pytest.mark.parametrize(('name', 'value'), [
    ('SECRET_KEY', KEY[:63]),
    ('SECRET_KEY', 'x' * 80),
    ('SECRET_KEY', 'abcdefgh' * 9),
    ('SECRET_KEY', 'change-me-' + KEY),
    ('SECRET_KEY', 'development-' + KEY),
    ('SECRET_KEYS_PREVIOUS', 'x' * 80),
    ('DATABASE_URL', 'mysql://talelio@127.0.0.1/talelio'),
    ('DATABASE_URL', 'postgresql://talelio@127.0.0.1:port/talelio'),
    ('REDIS_URL', 'http://127.0.0.1'),
    ('S3_BACKUPS_BUCKET', 'content'),
    ('S3_PUBLIC_URL', 'http://images.example.org'),
    ('AWS_SECRET_ACCESS_KEY', 'without-its-id'),
    ('MAIL_BACKEND', 'file'),
    ('MAIL_SENDER', 'nobody'),
    ('SMTP_URL', 'https://smtp.example.org'),
    ('PUBLIC_URL', 'http://api.example.org'),
    ('PUBLIC_URL', 'https://api.example.org/prefix'),
    ('CLIENT_URL', 'http://example.org'),
    ('CORS_ORIGINS', '*'),
    ('CORS_ORIGINS', 'https://example.org,http://example.org'),
    ('CORS_ORIGINS', 'https://*.example.org'),
    ('TRUSTED_PROXIES', '0.0.0.0/0'),
    ('TRUSTED_PROXIES', '10.0.0.0/8,::/0'),
    ('TRUSTED_PROXIES', 'proxy.example.org'),
    ('TALELIO_RATE_LIMIT', 'unlimited'),
    ('TALELIO_LOGIN_LIMIT', '0/minute'),
    ('TALELIO_MAIL_LIMIT', '1/fortnight'),
    ('TALELIO_CLOCK_OFFSET', '1'),
    ('TALELIO_CLOCK_OFFSET', 'nan'),
    ('REGISTRATION', 'everyone'),
    ('ACCESS_TOKEN_SECONDS', '59'),
    ('ACCESS_TOKEN_SECONDS', '3601'),
    ('REFRESH_IDLE_DAYS', '91'),
    ('REFRESH_IDLE_DAYS', '31'),
    ('CLIENT_VERIFY_URL', 'https://example.org/verify'),
    ('CLIENT_VERIFY_URL', 'http://example.org/verify/{token}'),
    ('DEFAULT_LANGUAGE', 'sv'),
    ('PORT', '0'),
    ('PORT', '70000'),
    ('WEB_CONCURRENCY', '0'),
    ('DATABASE_POOL_TIMEOUT', 'inf'),
    ('LOG_FORMAT', 'xml'),
    ('BACKUP_AGE_RECIPIENTS', RECIPIENT[:-1] + 'q'),
    ('BACKUP_AGE_RECIPIENTS', f'{RECIPIENT},AGE-SECRET-KEY-1'),
    ('TALELIO_METADATA', 'worldcat'),
    ('TALELIO_METADATA_CONTACT', 'nobody'),
    ('TALELIO_METADATA_CONTACT', 'staff@example.org\tX-Other: y'),
    ('TALELIO_METADATA_CONTACT', 'stäff@example.org'),
    ('BACKUP_AT', '24:00'),
    ('BACKUP_AT', '3 am'),
    ('BACKUP_KEEP_DAILY', '0'),
    ('BACKUP_KEEP_WEEKLY', '-1'),
    ('S3_BACKUPS_PREFIX', 'backups/'),
    ('S3_BACKUPS_PREFIX', '/backups'),
])
def test_production_refuses(name: str, value: str) -> None:
    found = faults(PRODUCTION | {name: value})

    assert [fault.partition(':')[0] for fault in found] == [name]
    assert value not in found[0].partition(':')[2]


def test_backups_are_plain_only_where_somebody_says_so() -> None:
    environ = PRODUCTION | {'BACKUP_AGE_RECIPIENTS': ''}

    assert Settings.load(environ | {'BACKUP_PLAINTEXT': '1'}).backup_age_recipients == ()
    assert faults(environ | {'BACKUP_PLAINTEXT': '0'}) == ['BACKUP_AGE_RECIPIENTS: missing']
    assert Settings.load(DEVELOPMENT).backup_age_recipients == ()


def test_open_library_alone_needs_a_contact() -> None:
    environ = PRODUCTION | {'TALELIO_METADATA_CONTACT': ''}

    assert Settings.load(environ | {'TALELIO_METADATA': 'off'}).metadata_contact is None
    assert Settings.load(DEVELOPMENT).metadata == 'fake'
    assert Settings.load(PRODUCTION).metadata == 'openlibrary'
    page = 'https://example.org/contact'
    settings = Settings.load(PRODUCTION | {'TALELIO_METADATA_CONTACT': page})
    assert settings.metadata_contact == page


def test_backups_have_several_recipients() -> None:
    settings = Settings.load(PRODUCTION | {'BACKUP_AGE_RECIPIENTS': f'{RECIPIENT}, {RECIPIENT}'})

    assert settings.backup_age_recipients == (RECIPIENT, RECIPIENT)


def test_unknown_variable_of_ours_refuses_in_production() -> None:
    assert faults(PRODUCTION
                  | {'TALELIO_RATE_LIMITS': '1/day'}) == ['TALELIO_RATE_LIMITS: unknown']


def test_unknown_variable_of_ours_is_a_warning_elsewhere() -> None:
    settings = Settings.load(DEVELOPMENT | {'TALELIO_RATE_LIMITS': '1/day'})

    assert settings.warnings == ('TALELIO_RATE_LIMITS: unknown', )


def test_other_peoples_variables_are_none_of_our_business() -> None:
    assert not Settings.load(PRODUCTION | {'PATH': '/bin', 'SECRET': 'x'}).warnings


@pytest.mark.parametrize('env', ['development', 'production'])
def test_unknown_area_refuses_everywhere(env: str) -> None:
    environ = PRODUCTION | {'TALELIO_ENV': env, 'TALELIO_AREAS': 'account,gardening'}

    found = faults(environ, known_areas=('account', 'article'))

    assert found == ['TALELIO_AREAS: names an area that there is not']


def test_every_fault_is_told_at_once_and_no_value() -> None:
    found = faults(
        {
            'TALELIO_AREAS': 'gardening',
            'TALELIO_TYPO': 'a-value',
            'SECRET_KEY': 'a-value-that-nobody-may-see',
            'PORT': 'a-value',
        },
        known_areas=('account', ))

    names = {fault.partition(':')[0] for fault in found}
    assert names == {'TALELIO_AREAS', 'TALELIO_TYPO', 'PORT'} | set(REQUIRED) - {'SMTP_URL'}
    assert 'a-value' not in '\n'.join(found)


def test_secret_stands_in_a_file(tmp_path: Any) -> None:
    file = tmp_path / 'key'
    file.write_text(f'{KEY}\n')
    environ = {name: value for name, value in PRODUCTION.items() if name != 'SECRET_KEY'}

    assert Settings.load(environ | {'SECRET_KEY_FILE': str(file)}).secret_key == KEY


def test_secret_beside_its_file_refuses(tmp_path: Any) -> None:
    file = tmp_path / 'key'
    file.write_text(KEY)

    found = faults(PRODUCTION | {'SECRET_KEY_FILE': str(file)})

    assert found == ['SECRET_KEY: set together with SECRET_KEY_FILE; keep one']


def test_file_that_cannot_be_read_is_told_by_its_variable(tmp_path: Any) -> None:
    environ = {name: value for name, value in PRODUCTION.items() if name != 'REDIS_URL'}

    found = faults(environ | {'REDIS_URL_FILE': str(tmp_path / 'absent')})

    assert found == ['REDIS_URL_FILE: the file cannot be read', 'REDIS_URL: missing']


def test_file_of_what_is_no_secret_is_not_read(tmp_path: Any) -> None:
    file = tmp_path / 'limit'
    file.write_text('1/day')

    settings = Settings.load(DEVELOPMENT | {'TALELIO_RATE_LIMIT_FILE': str(file)})

    assert settings.rate_limit == '120/minute'
    assert settings.warnings == ('TALELIO_RATE_LIMIT_FILE: unknown', )


def test_development_starts_with_what_the_launcher_gives() -> None:
    settings = Settings.load(DEVELOPMENT | {'PORT': '5005'})

    assert settings.public_url == 'http://127.0.0.1:5005'
    assert settings.cors_origins == ('http://127.0.0.1:3000', )
    assert settings.mail_backend == 'file'
    assert settings.areas == ()
    assert not settings.cookie_secure


def test_short_key_signs_nowhere() -> None:
    assert faults(DEVELOPMENT | {'SECRET_KEY': 'short'}) == ['SECRET_KEY: shorter than 32 bytes']


def test_origins_are_written_as_browsers_write_them() -> None:
    settings = Settings.load(PRODUCTION
                             | {'CORS_ORIGINS': 'https://Example.org:443/, https://b.org:8443'})

    assert settings.cors_origins == ('https://example.org', 'https://b.org:8443')


def test_cookies_are_secure_in_production() -> None:
    assert Settings.load(PRODUCTION).cookie_secure


def test_representation_holds_no_secret() -> None:
    settings = Settings.load(PRODUCTION)

    assert not [secret for secret in settings.secret_values if secret in repr(settings)]


def test_secrets_name_the_passwords_within_urls() -> None:
    secrets = Settings.load(PRODUCTION | {'SECRET_KEYS_PREVIOUS': KEY[::-1]}).secret_values

    assert {KEY, KEY[::-1], 'pass-of-database', 'pass-of-redis', 'pass-of-mail'} <= set(secrets)


def test_settings_never_change() -> None:
    settings = Settings.load(DEVELOPMENT)

    with pytest.raises(ValidationError):
        setattr(settings, 'port', 1)


def test_environment_of_the_process_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, 'SITE_TITLE', 'from outside')

    assert Settings.load(DEVELOPMENT).site_title == 'talelio'
