"""Kinds of settings: a type and the rules that its values keep."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from talelio_backend.shared.data import setting_rules as rules


@dataclass(frozen=True)
class Told:
    """A rule as the documentation tells it."""

    text: str


Words = Annotated[tuple[str, ...], BeforeValidator(rules.split)]
WebUrl = Annotated[str, AfterValidator(rules.web_url), Told('https in production')]
OptionalWebUrl = Annotated[str | None, AfterValidator(rules.web_url), Told('https in production')]
OptionalLink = Annotated[str | None,
                         AfterValidator(rules.link),
                         Told('holds `{token}`; https in production')]
Origin = Annotated[str, AfterValidator(rules.web_origin), Told('no path; https in production')]
Origins = Annotated[Words, AfterValidator(rules.origins), Told('no `*`; https in production')]
Networks = Annotated[Words,
                     AfterValidator(rules.networks),
                     Told('a network of all addresses refuses')]
Key = Annotated[str,
                AfterValidator(rules.strong_key),
                Told('≥ 32 bytes; in production ≥ 64 characters, no placeholder, no repetition')]
Keys = Annotated[Words, AfterValidator(rules.strong_keys), Told('as `SECRET_KEY`')]
DatabaseUrl = Annotated[str,
                        AfterValidator(rules.database_url),
                        Told('`postgresql://` or `postgres://`')]
RedisUrl = Annotated[str,
                     AfterValidator(rules.redis_url),
                     Told('`redis://`, `rediss://` or `unix://`')]
Endpoint = Annotated[str | None, AfterValidator(rules.endpoint)]
OtherBucket = Annotated[str, AfterValidator(rules.other_bucket), Told('not `S3_BUCKET`')]
SecondKey = Annotated[str | None,
                      AfterValidator(rules.second_key),
                      Told('with `AWS_ACCESS_KEY_ID`')]
Folder = Annotated[str, AfterValidator(rules.folder)]
Recipients = Annotated[Words,
                       AfterValidator(rules.recipients),
                       Told('X25519 public keys; required in production without '
                            '`BACKUP_PLAINTEXT`')]
TimeOfDay = Annotated[str, AfterValidator(rules.time_of_day), Told('`hh:mm`')]
MailBackend = Annotated[Literal['file', 'smtp', 'ses'],
                        AfterValidator(rules.mail_backend),
                        Told('`file` refuses in production')]
SmtpUrl = Annotated[str | None,
                    AfterValidator(rules.smtp_url),
                    Told('required by `MAIL_BACKEND=smtp`')]
Sender = Annotated[str, AfterValidator(rules.sender)]
Limits = Annotated[str,
                   AfterValidator(rules.limit),
                   Told('`<n>/<second, minute, hour or day>`, several joined by `;`')]
Seconds = Annotated[float, Field(gt=0), AfterValidator(rules.finite)]
ClockOffset = Annotated[float,
                        AfterValidator(rules.clock_offset),
                        Told('anything but 0 refuses in production')]
Count = Annotated[int, Field(ge=1)]
CountOrNone = Annotated[int, Field(ge=0)]
Port = Annotated[int, Field(ge=1, le=65535)]
PortOrAny = Annotated[int, Field(ge=0, le=65535)]
TokenSeconds = Annotated[int, Field(ge=60, le=3600), Told('60 to 3600')]
IdleDays = Annotated[int,
                     Field(ge=1, le=90),
                     AfterValidator(rules.idle_days),
                     Told('1 to 90, at most `REFRESH_ABSOLUTE_DAYS`')]
DefaultLanguage = Annotated[str,
                            AfterValidator(rules.default_language),
                            Told('one of `LANGUAGES`')]
Currency = Annotated[str, Field(pattern='^[A-Z]{3}$'), Told('three capital letters')]
Credit = Annotated[Decimal | None, Field(ge=0, max_digits=12, decimal_places=2)]
Contact = Annotated[str | None,
                    AfterValidator(rules.contact),
                    Told('an address, or the URL of a page; required by '
                         '`TALELIO_METADATA=openlibrary`')]
Days = Annotated[tuple[Annotated[int, Field(ge=1, le=365)], ...],
                 BeforeValidator(rules.split),
                 Told('1 to 365, joined by commas')]
