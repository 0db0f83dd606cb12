from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from talelio_backend.app_account.area_settings import AccountSettings
from talelio_backend.app_account.data.access_tokens import JwtAccessTokens
from talelio_backend.app_account.data.argon2_hasher import Argon2Hasher
from talelio_backend.app_account.data.common_passwords import PackagedCommonPasswords
from talelio_backend.app_account.data.credentials import SqlCredentialsReader
from talelio_backend.app_account.data.devices import ParsedDevices
from talelio_backend.app_account.data.email_addresses import EmailAddresses
from talelio_backend.app_account.data.link_tokens import DerivedLinkTokens
from talelio_backend.app_account.data.login_throttle import RedisLoginThrottle
from talelio_backend.app_account.data.queries import SqlAccountQueries
from talelio_backend.app_account.data.refresh_store import RedisRefreshStore
from talelio_backend.app_account.data.session_authenticator import SessionAuthenticator
from talelio_backend.app_account.data.unit_of_work import SqlAccountUnitOfWork
from talelio_backend.shared.area import Kernel
from talelio_backend.shared.data.letters import TemplateLetters
from talelio_backend.shared.services.rate_limit import parse_limits

_MAIL = Path(__file__).parent / 'data' / 'mail'


@dataclass(frozen=True, kw_only=True)
class Adapters:
    """What the services of this area stand on."""

    open_uow: Callable[[], SqlAccountUnitOfWork]
    addresses: EmailAddresses
    is_common: PackagedCommonPasswords
    hasher: Argon2Hasher
    credentials: SqlCredentialsReader
    throttle: RedisLoginThrottle
    refresh_store: RedisRefreshStore
    access_tokens: JwtAccessTokens
    authenticator: SessionAuthenticator
    link_tokens: DerivedLinkTokens
    devices: ParsedDevices
    letters: TemplateLetters
    queries: SqlAccountQueries


def build_adapters(kernel: Kernel, settings: AccountSettings) -> Adapters:
    """Connects to nothing yet."""
    secret_keys = (settings.secret_key, *settings.secret_keys_previous)
    access_tokens = JwtAccessTokens(secret_keys=secret_keys,
                                    issuer=settings.public_url,
                                    seconds=settings.access_token_seconds,
                                    clock=kernel.clock)
    return Adapters(open_uow=partial(SqlAccountUnitOfWork, kernel.transactions),
                    addresses=EmailAddresses(),
                    is_common=PackagedCommonPasswords(),
                    hasher=Argon2Hasher(),
                    credentials=SqlCredentialsReader(kernel.read),
                    throttle=RedisLoginThrottle(kernel.redis, parse_limits(settings.login_limit)),
                    refresh_store=RedisRefreshStore(kernel.redis, secret_keys),
                    access_tokens=access_tokens,
                    authenticator=SessionAuthenticator(access_tokens, kernel.read),
                    link_tokens=DerivedLinkTokens(secret_keys),
                    devices=ParsedDevices(),
                    letters=TemplateLetters(_MAIL, default_language=settings.default_language),
                    queries=SqlAccountQueries(read=kernel.read,
                                              cursors=kernel.cursors,
                                              clock=kernel.clock))
