import json
from typing import Annotated, Literal
from urllib.parse import urlencode, urlsplit

from flask import request
from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation import conditional
from talelio_backend.shared.presentation.answers import Answer
from talelio_backend.shared.presentation.edge import edge
from talelio_backend.shared.presentation.schemas import Query, View
from talelio_backend.shared.services.listing import DEFAULT_LIMIT, HIGHEST_LIMIT, Page, PageRequest


class ListQuery(Query):
    """The parameters of every list."""

    sort: Annotated[str | None, Field(max_length=80)] = None
    limit: Annotated[int, Field(ge=1, le=HIGHEST_LIMIT)] = DEFAULT_LIMIT
    page: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    cursor: Annotated[str | None, Field(max_length=2000)] = None
    sort_options: Literal['only'] | None = None

    @field_validator('cursor')
    @classmethod
    def _one_way_to_page(cls, cursor: str | None, others: ValidationInfo) -> str | None:
        if others.data.get('page') is not None:
            raise PydanticCustomError('not_with_page', 'page by number or by cursor, not by both')
        return cursor

    def page_request(self, level: Level) -> PageRequest:
        return PageRequest(sort=self.sort,
                           limit=self.limit,
                           cursor=self.cursor,
                           page=self.page,
                           options_only=self.sort_options == 'only',
                           level=level,
                           known=_known if 'If-None-Match' in request.headers else None)


def _known(validator: str) -> bool:
    return conditional.has(conditional.etag(validator))


class SortOptionView(View):
    id: str
    label: str


class ListView(View):
    """The members of every list document, beside the list itself."""

    sort: str
    sort_options: list[SortOptionView]
    next: str | None


class SortOptionsView(View):
    """The answer to ``sort_options=only``."""

    sort_options: list[SortOptionView]
    sort: str


def list_answer(name: str, page: Page, request_: PageRequest) -> Answer:
    """The list document of a page; ``name`` is the member that holds the rows."""
    if page.unchanged and page.validator is not None:
        return Answer(status=304, etag=conditional.etag(page.validator))
    options = json.dumps([{
        'id': option.id,
        'label': option.label
    } for option in page.sort_options])
    if request_.options_only:
        body = f'{{"sort_options":{options},"sort":{json.dumps(page.sort)}}}'
        return Answer(body=body, etag=conditional.etag(body))
    members = ''.join(f'{json.dumps(key)}:{value},' for key, value in page.members)
    body = (f'{{{members}{json.dumps(name)}:{page.rows},"sort":{json.dumps(page.sort)},'
            f'"sort_options":{options},"next":{json.dumps(page.next)}}}')
    headers = _links(page, request_)
    tag = conditional.etag(page.validator or body + str(page.total))
    return Answer(body=body, etag=tag, headers=headers)


def _links(page: Page, wanted: PageRequest) -> dict[str, str]:
    if wanted.page is None:
        return {'Link': _link('next', cursor=page.next)} if page.next else {}
    total = page.total or 0
    last = max(1, -(-total // wanted.limit))
    links = [_link('first', page='1'), _link('last', page=str(last))]
    if wanted.page > 1:
        links.append(_link('prev', page=str(min(wanted.page - 1, last))))
    if wanted.page < last:
        links.append(_link('next', page=str(wanted.page + 1)))
    return {'Link': ', '.join(links), 'X-Total-Count': str(total)}


def _link(relation: str, **changed: str) -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True)
            if name not in ('cursor', 'page')]
    base = urlsplit(edge().public_url)
    query = urlencode([*kept, *changed.items()])
    return f'<{base.scheme}://{base.netloc}{request.path}?{query}>; rel="{relation}"'
