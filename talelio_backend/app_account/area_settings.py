from typing import Literal, Protocol


class AccountSettings(Protocol):
    """The settings that this area reads."""

    @property
    def secret_key(self) -> str:
        ...

    @property
    def secret_keys_previous(self) -> tuple[str, ...]:
        ...

    @property
    def public_url(self) -> str:
        ...

    @property
    def client_url(self) -> str:
        ...

    @property
    def client_verify_url(self) -> str | None:
        ...

    @property
    def cookie_domain(self) -> str | None:
        ...

    @property
    def cookie_secure(self) -> bool:
        ...

    @property
    def registration(self) -> Literal['open', 'allowlist', 'closed']:
        ...

    @property
    def whitelisted_emails(self) -> tuple[str, ...]:
        ...

    @property
    def registration_strict(self) -> bool:
        ...

    @property
    def access_token_seconds(self) -> int:
        ...

    @property
    def refresh_idle_days(self) -> int:
        ...

    @property
    def refresh_absolute_days(self) -> int:
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        ...

    @property
    def default_language(self) -> str:
        ...

    @property
    def login_limit(self) -> str:
        ...

    @property
    def mail_limit(self) -> str:
        ...

    @property
    def unverified_retention_days(self) -> int:
        ...
