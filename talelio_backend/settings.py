"""Every setting of talelio: one frozen model, read once. ``docs/settings.md`` is made from it."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import PrivateAttr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy import make_url

from talelio_backend.shared.data import environment, setting_rules
from talelio_backend.shared.data import setting_types as kinds
from talelio_backend.shared.data.secrets_manager import (DATABASE, DatabaseAddress, Fetch,
                                                         SecretFault, Secrets, SecretsManager)
from talelio_backend.shared.data.setting_defaults import (REQUIRED, default_origin, default_url,
                                                          default_workers, setting)

LENIENT = ('development', 'test')
_OURS = ('env', 'areas', 'activity_days', 'rate_limit', 'login_limit', 'mail_limit',
         'clock_offset', 'data_dir', 'secrets', 'secrets_ttl', 'currency', 'library_credit_limit',
         'library_due_soon_days', 'library_overdue_notice_days', 'library_history_days',
         'metadata', 'metadata_contact')


class SettingsFaults(Exception):
    """What is wrong with the settings, one line for each fault, without values."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__('\n'.join(faults))
        self.faults = faults


def variable(name: str) -> str:
    """The environment's name of an attribute."""
    return (environment.PREFIX if name in _OURS else '') + name.upper()


def declared(name: str) -> dict[str, Any]:
    """What ``setting`` was told about an attribute."""
    extra = fields()[name].json_schema_extra
    assert isinstance(extra, dict)
    return extra


def fields() -> dict[str, FieldInfo]:
    """Every attribute, in the order of the model."""
    return dict(Settings.model_fields)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(frozen=True, extra='forbid', hide_input_in_errors=True)
    _warnings: tuple[str, ...] = PrivateAttr(default=())
    _manager: Secrets | None = PrivateAttr(default=None)
    _rotates: bool = PrivateAttr(default=False)

    # In front, because the rules of the others ask for it.
    env: Literal['development', 'test', 'production'] = setting('kind of place', 'production')

    secret_key: kinds.Key = setting('signs tokens', secret=True)
    secret_keys_previous: kinds.Keys = setting('former keys, verify only', (), secret=True)
    database_url: kinds.DatabaseUrl = setting('PostgreSQL ≥ 15', secret=True)
    database_pool_size: kinds.Count = setting('connections kept, per process', 5)
    database_pool_overflow: kinds.CountOrNone = setting('more of them at a peak', 5)
    database_pool_timeout: kinds.Seconds = setting('seconds to wait for one, then 503', 5)
    database_statement_timeout: kinds.Seconds = setting('seconds for a statement', 15)
    database_lock_timeout: kinds.Seconds = setting('seconds to wait for a lock', 5)
    redis_url: kinds.RedisUrl = setting('Redis ≥ 6.2, AOF, `noeviction`', secret=True)

    aws_region: str = setting('region of the buckets', 'us-east-1', REQUIRED)
    aws_access_key_id: str | None = setting('none: the role of the machine', None)
    aws_secret_access_key: kinds.SecondKey = setting('secret of the access key', None, secret=True)
    s3_endpoint_url: kinds.Endpoint = setting("an S3 service that is not Amazon's", None)
    s3_bucket: str = setting('images', 'talelio-user-content', REQUIRED)
    s3_backups_bucket: kinds.OtherBucket = setting('backups', 'talelio-backups', REQUIRED)
    s3_backups_prefix: kinds.Folder = setting('folder of backups', 'postgres-db-backups')
    s3_test_bucket: str = setting('what tests write', 'talelio-test-content')
    s3_public_url: kinds.OptionalWebUrl = setting('where browsers find images', None)

    mail_backend: kinds.MailBackend = setting('how mail leaves', 'file', REQUIRED)
    smtp_url: kinds.SmtpUrl = setting('`smtp://` or `smtps://`', None, secret=True)
    mail_sender: kinds.Sender = setting('the From of mails', 'talelio@localhost', REQUIRED)

    port: kinds.Port = setting('where the API listens', 5000, 8000)
    public_url: kinds.Origin = setting('the API as clients see it', default_url, REQUIRED)
    client_url: kinds.WebUrl = setting('the client', 'http://127.0.0.1:3000', REQUIRED)
    cors_origins: kinds.Origins = setting('who may send cookies', default_origin, REQUIRED)
    trusted_proxies: kinds.Networks = setting('networks that may set X-Forwarded-*', ())
    areas: kinds.Words = setting('the parts that are on; none named: all', ())
    rate_limit: kinds.Limits = setting('requests, per account or address', '120/minute')
    login_limit: kinds.Limits = setting('free wrong passwords', '5/minute')
    mail_limit: kinds.Limits = setting('mails to an address', '1/minute;10/day')

    web_concurrency: kinds.Count = setting('processes of the API', 2, default_workers)
    web_threads: kinds.Count = setting('threads of each', 8)
    metrics_port: kinds.PortOrAny = setting('where metrics are read; 0: a free one', 0, 9464)
    prometheus_multiproc_dir: Path | None = setting('where processes keep counts', None)
    log_level: Literal['DEBUG', 'INFO', 'WARNING', 'ERROR'] = setting('least that is told', 'INFO')
    log_format: Literal['human', 'json'] = setting('for eyes or programs', 'human', 'json')
    # Stands before the recipients, whose rule asks for it.
    backup_plaintext: bool = setting('backups may be stored unencrypted', False)
    backup_age_recipients: kinds.Recipients = setting('age keys that backups are sealed for', ())
    backup_age_identity_file: Path | None = setting('age key that opens them, to restore', None)
    backup_at: kinds.TimeOfDay = setting('when the worker makes one, UTC', '03:00')
    backup_keep_daily: kinds.Count = setting('days that keep their newest', 7)
    backup_keep_weekly: kinds.CountOrNone = setting('ISO weeks that do', 4)
    backup_keep_monthly: kinds.CountOrNone = setting('months that do', 6)
    clock_offset: kinds.ClockOffset = setting('seconds added to the clock', 0)
    data_dir: Path = setting('folder of the embedded servers', '.data')

    secrets: kinds.Words = setting(
        'secrets in AWS Secrets Manager: JSON objects whose keys are '
        'these variables, read where one is not set', ())
    secrets_ttl: kinds.Seconds = setting('seconds for which they are kept', 300)

    registration: Literal['open', 'allowlist', 'closed'] = setting('who may join', 'open',
                                                                   REQUIRED)
    whitelisted_emails: kinds.Words = setting('addresses and @domains of `allowlist`', ())
    registration_strict: bool = setting('never tell that an address is taken', False)
    verified_email_required: bool = setting('unverified members only read', True)
    unverified_retention_days: kinds.Count = setting('until unverified accounts go', 30)
    client_verify_url: kinds.OptionalLink = setting('page that verifies; has {token}', None)
    cookie_domain: str | None = setting('domain of the refresh cookie', None)
    access_token_seconds: kinds.TokenSeconds = setting('life of an access token', 600)
    refresh_absolute_days: kinds.Count = setting('life of a session', 30)
    refresh_idle_days: kinds.IdleDays = setting('life of an unused session', 7)
    languages: kinds.Words = setting('languages of mails', 'en,fi')
    default_language: kinds.DefaultLanguage = setting('where no language is asked for', 'en')

    image_quota_bytes: kinds.Count = setting('bytes of images, per person', 209715200)
    image_quota_count: kinds.Count = setting('number of images, per person', 2000)
    activity_days: kinds.CountOrNone = setting('days of activity that are kept; 0: all', 730)
    currency: kinds.Currency = setting('ISO 4217; stays once the ledger has entries', 'EUR')
    library_credit_limit: kinds.Credit = setting('debt from which nothing is lent; none', None)
    library_due_soon_days: kinds.Count = setting('days before a due date that tell it', 2)
    library_overdue_notice_days: kinds.Days = setting('late days that are told', '1,7,14')
    library_history_days: kinds.CountOrNone = setting('days of returned loans; 0: all', 730)
    metadata: Literal['openlibrary', 'fake', 'off'] = setting('who is asked about an ISBN', 'fake',
                                                              'openlibrary')
    metadata_contact: kinds.Contact = setting('whom Open Library may write to', None)
    site_title: str = setting('title of feeds', 'talelio')
    site_description: str = setting('subtitle of feeds', '')

    @classmethod
    def settings_customise_sources(  # pylint: disable=unused-argument
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource) -> tuple[PydanticBaseSettingsSource,
                                                                   ...]:
        """Values come as arguments alone; nothing is looked up behind the caller's back."""
        return (init_settings, )

    @classmethod
    def load(cls,
             environ: Mapping[str, str],
             *,
             known_areas: Collection[str] = (),
             ask: Callable[..., Fetch] = SecretsManager) -> Self:
        """Reads the variables, and asks the manager of secrets where ``TALELIO_SECRETS`` names
        some. Raises SettingsFaults with every fault at once."""
        names = {variable(name): name for name in fields()}
        secret = [given for given, name in names.items() if declared(name)['secret']]
        reading = environment.read(environ, known=names, secret=secret)
        given = frozenset(reading.values)
        manager = _fill_from_manager(reading, secret, ask)
        values: dict[str, Any] = {names[given]: value for given, value in reading.values.items()}
        unknown = [f'{name}: unknown' for name in reading.unknown]
        faults = reading.faults + ([] if values.get('env') in LENIENT else unknown)
        if known_areas and set(setting_rules.split(values.get('areas', ''))) - set(known_areas):
            faults.append(f"{variable('areas')}: names an area that there is not")
        try:
            settings = cls(**values)
        except ValidationError as error:
            raise SettingsFaults(faults + _lines(error, reading.values)) from None
        if faults:
            raise SettingsFaults(faults)
        settings._warnings = tuple(unknown)
        settings._manager, settings._rotates = manager, DATABASE not in given
        return settings

    @model_validator(mode='before')
    @classmethod
    def _fill(cls, values: dict[str, Any]) -> dict[str, Any]:
        filled = dict(values)
        column = 'default' if values.get('env') in LENIENT else 'production'
        for name in fields():
            default = declared(name)[column]
            if name not in values and default is not REQUIRED:
                filled[name] = default(filled) if callable(default) else default
        return filled

    @property
    def warnings(self) -> tuple[str, ...]:
        """What would refuse the start in production."""
        return self._warnings

    @property
    def manager(self) -> Secrets | None:
        """The secrets that the manager keeps, where some are named."""
        return self._manager

    @property
    def database_address(self) -> DatabaseAddress:
        """Where the database is; follows a rotation where the manager keeps it."""
        return DatabaseAddress(self.database_url, self._manager if self._rotates else None)

    def at_database(self, database: str) -> Self:
        """The same, but for another database of the same server. No rotation is followed, since
        the address that is kept elsewhere is that of the usual one."""
        url = make_url(self.database_address.current()).set(database=database)
        settings = self.model_copy(
            update={'database_url': url.render_as_string(hide_password=False)})
        settings._rotates = False  # pylint: disable=protected-access  # our own
        return settings

    @property
    def is_production(self) -> bool:
        return self.env == 'production'

    @property
    def cookie_secure(self) -> bool:
        """Browsers keep such cookies to https."""
        return self.is_production

    @property
    def secret_values(self) -> tuple[str, ...]:
        """Every value that must not appear in a log, passwords within URLs included."""
        found = {self.secret_key, *self.secret_keys_previous, self.aws_secret_access_key}
        for url in (self.database_url, self.redis_url, self.smtp_url):
            password = urlsplit(url or '').password
            found |= {url, password, unquote(password or '')}
        return tuple(sorted((value for value in found if value), key=len, reverse=True))


def _fill_from_manager(reading: environment.Reading, secret: Collection[str],
                       ask: Callable[..., Fetch]) -> Secrets | None:
    """Adds the values of secrets that the environment does not have."""
    values = reading.values
    if not values.get(variable('secrets')):
        return None
    fetch = ask(region=values.get('AWS_REGION',
                                  declared('aws_region')['default']),
                access_key=values.get('AWS_ACCESS_KEY_ID'),
                secret_key=values.get('AWS_SECRET_ACCESS_KEY'))
    try:
        manager = Secrets(setting_rules.split(values[variable('secrets')]),
                          fetch,
                          ttl=float(values.get(variable('secrets_ttl'), 300)))
        found = manager.values()
    except (SecretFault, ValueError) as error:
        if isinstance(error, SecretFault):
            reading.faults.append(f"{variable('secrets')}: {error}")
        return None
    values.update({name: found[name] for name in secret if name in found and name not in values})
    return manager


def _lines(error: ValidationError, values: Mapping[str, str]) -> list[str]:
    named = values.get(variable('secrets'))
    secret = {variable(name) for name in fields() if declared(name)['secret']}
    lines = []
    for fault in error.errors(include_url=False, include_input=False):
        name = variable(str(fault['loc'][0]))
        reason = str(fault['ctx']['error']) if fault['type'] == 'value_error' else fault['msg']
        if fault['type'] == 'missing':
            reason = f'missing, no key of {named}' if named and name in secret else 'missing'
        lines.append(f'{name}: {reason}')
    return lines
