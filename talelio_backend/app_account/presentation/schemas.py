import re
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from talelio_backend.app_account.domain.account import Account
from talelio_backend.app_account.services.queries import UserFilter
from talelio_backend.app_account.services.registration import Application
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation.lists import ListQuery, ListView
from talelio_backend.shared.presentation.schemas import Body, PatchBody, Query, Time, View

# How long texts may be is the domain's to judge, once they are trimmed and composed.
Text80 = Annotated[str | None, Field(description='at most 80 characters')]
LevelName = Literal['member', 'admin']
_DATE = re.compile(r'\d{4}-\d\d-\d\d', re.ASCII)
LEVELS = {'member': Level.MEMBER, 'admin': Level.ADMIN}


def _date_or_blank(value: object) -> object:
    # Done here, since after a function of ours the strict mode takes no text for a date any more.
    if value == '':
        return None
    if not isinstance(value, str):
        return value
    try:
        if _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass  # of the form, and not in the calendar
    raise PydanticCustomError('wrong_form', 'write a date as YYYY-MM-DD')


class RegisterBody(Body):
    email: str
    password: str = Field(repr=False, description='8 characters at least, 1,024 bytes at most')
    username: str = Field(description='3 to 30 of A–Z a–z 0–9 . _ -')
    display_name: Text80 = None
    language: str | None = None

    def application(self, accepted_languages: list[str]) -> Application:
        return Application(email=self.email,
                           username=self.username,
                           password=self.password,
                           display_name=self.display_name,
                           language=self.language,
                           accepted_languages=accepted_languages)


class TokenBody(Body):
    token: str = Field(repr=False, max_length=200)


class ResendBody(Body):
    email: str


class LoginBody(Body):
    """Exactly one of e-mail and username."""

    email: str | None = None
    username: str | None = None
    password: str = Field(repr=False)

    @model_validator(mode='after')
    def _one_name(self) -> 'LoginBody':
        if (self.email is None) == (self.username is None):
            raise PydanticCustomError('exactly_one', 'give either email or username')
        return self


class ProfileBody(PatchBody):
    display_name: Text80 = None
    location: Text80 = None
    bio: str | None = Field(None, description='at most 2,000 characters')
    avatar_url: str | None = Field(None, description='an absolute http or https address')
    language: str = ''
    first_name: Text80 = None
    last_name: Text80 = None
    birth_date: Annotated[date | None, BeforeValidator(_date_or_blank)] = None
    country: str | None = Field(None, description='ISO 3166-1 alpha-3')
    city: Text80 = None


class AccountBody(ProfileBody):
    email: str = ''
    username: str = ''
    verified: bool = False


class LevelBody(Body):
    level: LevelName


class BlockBody(Body):
    reason: str | None = Field(None, description='at most 500 characters')


class EndSessionsQuery(Query):
    keep_current: bool = False


class UsersQuery(ListQuery):
    q: Annotated[str | None, Field(max_length=200)] = None
    level: LevelName | None = None
    verified: bool | None = None
    blocked: bool | None = None
    since: Time | None = None
    before: Time | None = None

    def filter(self) -> UserFilter:
        return UserFilter(q=self.q,
                          level=LEVELS[self.level] if self.level else None,
                          verified=self.verified,
                          blocked=self.blocked,
                          since=self.since,
                          before=self.before)


class AccountView(View):
    id: UUID
    email: str
    verified: bool
    verified_at: Time | None
    level: LevelName
    blocked: bool
    language: str
    has_password: bool
    totp_enabled: bool
    created_at: Time
    updated_at: Time


class UserView(View):
    id: UUID
    username: str
    display_name: str | None
    location: str
    bio: str
    avatar_url: str | None
    created_at: Time

    @classmethod
    def shown(cls, account: Account) -> 'UserView':
        return UserView(id=account.id,
                        username=account.username,
                        display_name=account.display_name,
                        location=account.location,
                        bio=account.bio,
                        avatar_url=account.avatar_url,
                        created_at=account.created_at)


class PersonView(AccountView, UserView):
    """Account and user flat, with what only the owner and administrators see."""

    first_name: str | None
    last_name: str | None
    birth_date: date | None
    country: str | None
    city: str | None


class UserReferenceView(View):
    id: UUID
    username: str


class MeView(PersonView):
    session_id: UUID | None
    assumed_by: UserReferenceView | None


class UserRowView(PersonView):
    last_seen_at: Time | None


class UsersView(ListView):
    users: list[UserRowView]


class SessionView(View):
    id: UUID
    device: str
    ip: str
    created_at: Time
    last_used_at: Time
    expires_at: Time
    current: bool
    kind: Literal['login', 'assumed']


class SessionsView(ListView):
    sessions: list[SessionView]


class AccessTokenView(View):
    access_token: str
    token_type: Literal['Bearer']
    expires_in: int


class AssumedView(AccessTokenView):
    user: UserView


class AcceptedView(View):
    status: Literal['accepted']


class RegisteredView(View):
    account: AccountView
    user: UserView

    @classmethod
    def of(cls, account: Account) -> 'RegisteredView':
        return cls(account=AccountView(id=account.id,
                                       email=account.email,
                                       verified=account.verified,
                                       verified_at=account.verified_at,
                                       level='admin' if account.level is Level.ADMIN else 'member',
                                       blocked=account.blocked,
                                       language=account.language,
                                       has_password=account.password_hash is not None,
                                       totp_enabled=False,
                                       created_at=account.created_at,
                                       updated_at=account.updated_at),
                   user=UserView.shown(account))
