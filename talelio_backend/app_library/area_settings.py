from decimal import Decimal
from typing import Protocol


class LibrarySettings(Protocol):
    """The settings that this area reads."""

    @property
    def secret_key(self) -> str:
        ...

    @property
    def public_url(self) -> str:
        ...

    @property
    def s3_public_url(self) -> str | None:
        ...

    @property
    def client_url(self) -> str:
        ...

    @property
    def default_language(self) -> str:
        ...

    @property
    def metadata(self) -> str:
        ...

    @property
    def metadata_contact(self) -> str | None:
        ...

    @property
    def currency(self) -> str:
        ...

    @property
    def library_credit_limit(self) -> Decimal | None:
        ...

    @property
    def library_due_soon_days(self) -> int:
        ...

    @property
    def library_overdue_notice_days(self) -> tuple[int, ...]:
        ...

    @property
    def library_history_days(self) -> int:
        ...
