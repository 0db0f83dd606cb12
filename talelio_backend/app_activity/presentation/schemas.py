from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from talelio_backend.app_activity.services.queries import ActivityFilter
from talelio_backend.shared.presentation.lists import ListQuery, ListView
from talelio_backend.shared.presentation.schemas import Query, Time, View

Name = Annotated[str, Field(max_length=80)]
Names = Annotated[list[Name], Field(max_length=50)]


class NarrowingQuery(Query):
    """The filters of the activity but for that of the actor."""

    q: Annotated[str | None, Field(max_length=200)] = None
    impersonator: UUID | Literal['any'] | None = None
    action: Names = []
    area: Names = []
    target_type: Names = []
    target_id: Annotated[str | None, Field(max_length=300)] = None
    request_id: Annotated[str | None, Field(max_length=64)] = None
    since: Time | None = None
    before: Time | None = None

    def filter(self, actor: UUID | Literal['none'] | None = None) -> ActivityFilter:
        return ActivityFilter(q=self.q,
                              actor=actor,
                              impersonator=self.impersonator,
                              actions=self.action,
                              areas=self.area,
                              target_types=self.target_type,
                              target_id=self.target_id,
                              request_id=self.request_id,
                              since=self.since,
                              before=self.before)


class MyActivityQuery(NarrowingQuery, ListQuery):

    @field_validator('page')
    @classmethod
    def _by_cursor(cls, page: int | None) -> int | None:
        if page is not None:
            raise PydanticCustomError('cursor_only', 'this list is paged by cursor alone')
        return page


class ActivityQuery(MyActivityQuery):
    actor: UUID | Literal['none'] | None = None

    def chosen(self) -> ActivityFilter:
        return self.filter(self.actor)


class ExportQuery(NarrowingQuery):
    actor: UUID | Literal['none'] | None = None
    format: Literal['csv', 'ndjson'] = 'csv'

    def chosen(self) -> ActivityFilter:
        return self.filter(self.actor)


class PersonView(View):
    id: UUID
    username: str | None


class TargetView(View):
    type: str
    id: str
    label: str | None


class ChangeView(View):
    before: Any
    after: Any


class ActivityView(View):
    id: UUID
    seq: int | None
    created_at: Time
    area: str
    action: str
    text: str
    actor: PersonView | None
    impersonator: PersonView | None
    target: TargetView | None
    changes: dict[str, ChangeView] | None
    request_id: str | None


class ActivitiesView(ListView):
    activity: list[ActivityView]


class NewestView(View):
    activity: list[ActivityView]


class ActionView(View):
    area: str
    action: str
    text: str


class ActionsView(View):
    actions: list[ActionView]


class ChainView(View):
    sealed: int
    unsealed: int
    first_seq: int | None
    head_seq: int | None
    head: str | None
    verified_at: Time | None
    ok: bool | None
