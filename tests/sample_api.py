"""A small API on the kernel's machinery: things that are listed, made, read, changed, removed."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from talelio_backend.shared.area import Route
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import Conflict, DatabaseUnavailable, NotFound, NotYours
from talelio_backend.shared.presentation.answers import (Answer, Cookie, document, moved,
                                                         no_content, unless_known)
from talelio_backend.shared.presentation.api import Resource, add_routes, answer_errors
from talelio_backend.shared.presentation.application import Application
from talelio_backend.shared.presentation.conditional import check_version
from talelio_backend.shared.presentation.documentation import add_documentation
from talelio_backend.shared.presentation.edge import Edge
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import ListQuery, ListView, list_answer
from talelio_backend.shared.presentation.schemas import (BlankIsNone, Body, Line, LongText,
                                                         PatchBody, Query, Time, View)
from talelio_backend.shared.services.authentication import Caller
from talelio_backend.shared.services.idempotency import RequestKey
from talelio_backend.shared.services.listing import Document, Page, SortOption
from talelio_backend.shared.services.provenance import Provenance, provenance
from talelio_backend.shared.services.rate_limit import Limit, RateLimited
from tests.fakes import FakeAuthenticator, FakeClock, InMemoryIdempotency, InMemoryLimiter

ORIGIN = 'https://client.example'
PUBLIC_URL = 'https://api.example'


class ThingNotFound(NotFound):
    code = 'thing_not_found'
    title = 'There is no thing of this name.'


class ThingTaken(Conflict):
    code = 'thing_taken'
    title = 'There is a thing called {name} already.'


Name = Annotated[Line, Field(min_length=1, max_length=20)]


class Part(Body):
    label: Name


class ThingBody(Body):
    name: Name
    note: Annotated[LongText, Field(max_length=200)] | None = None
    count: Annotated[int, Field(ge=0, le=99)] = 0
    parts: Annotated[list[Part], Field(max_length=3)] = []
    seen_at: Time | None = None


class ThingPatch(PatchBody):
    note: Annotated[Annotated[str, Field(max_length=200)] | None, BlankIsNone] = None
    count: Annotated[int, Field(ge=0, le=99)] = 0


class Mood(Body):
    text: Name = 'fine'


class ThingQuery(Query):
    tag: Annotated[list[Annotated[str, Field(max_length=10)]], Field(max_length=3)] = []
    since: Time | None = None
    old: bool | None = None
    count: Annotated[list[int], Field(max_length=3)] = []


class PurseQuery(Query):
    """``from`` is no name in Python."""

    from_: Annotated[str | None, Field(alias='from', max_length=10)] = None


class ThingView(View):
    name: str
    note: str | None
    count: int


class ThingListView(ListView):
    things: list[ThingView]


class Things:
    """What the sample resources call; ``calls`` tells which use cases were reached."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[int, ThingView]] = {}
        self.calls: list[str] = []
        self.coins: list[RequestKey] = []
        self.provenance: Provenance | None = None
        self.failures: list[Exception] = []

    def make(self, body: ThingBody) -> Document:
        self._reached('make')
        if body.name in self.kept:
            raise ThingTaken(name=body.name)
        self.kept[body.name] = (1, ThingView(name=body.name, note=body.note, count=body.count))
        return self.read(body.name)

    def validator(self, name: str) -> Document | None:
        self._reached('validator')
        return self._document(name, body=False) if name in self.kept else None

    def read(self, name: str) -> Document:
        self._reached('read')
        return self._document(name, body=True)

    def change(self, name: str, changes: dict[str, Any], expected: int | None) -> Document:
        self._reached('change')
        if name not in self.kept:
            raise ThingNotFound()
        version, thing = self.kept[name]
        check_version(version, expected)
        self.kept[name] = (version + 1, thing.model_copy(update=changes))
        return self._document(name, body=True)

    def _document(self, name: str, *, body: bool) -> Document:
        if name not in self.kept:
            raise ThingNotFound()
        version, thing = self.kept[name]
        text = thing.model_dump_json()
        return Document(body=text if body else '', validator=text, version=version)

    def _reached(self, use_case: str) -> None:
        self.calls.append(use_case)
        self.provenance = provenance()
        if self.failures:
            raise self.failures.pop(0)


class OfThings(Resource):

    def __init__(self, things: Things) -> None:
        self._things = things


class ThingsResource(OfThings):

    @endpoint(access=Level.EVERYONE, summary='Lists things', response=ThingListView)
    def get(self, query: ListQuery, call: Call) -> Answer:
        request = query.page_request(call.caller.level)
        names = sorted(self._things.kept)
        shown = names[:request.limit]
        following = None if request.page or len(names) <= request.limit else 'sealed'
        page = Page(rows=f'[{",".join(self._things.read(name).body for name in shown)}]',
                    sort='name_asc',
                    sort_options=(SortOption(id='name', label='Name'), ),
                    next=following,
                    total=len(names) if request.page else None)
        return list_answer('things', page, request)

    @endpoint(access=Level.MEMBER,
              summary='Makes a thing',
              response=ThingView,
              status=201,
              errors=(ThingTaken, ))
    def post(self, body: ThingBody, call: Call) -> Answer:
        assert call.caller.member_id
        return document(self._things.make(body), status=201, location=f'/v1/things/{body.name}')


class ThingResource(OfThings):

    @endpoint(access=Level.EVERYONE,
              summary='Reads a thing',
              response=ThingView,
              errors=(ThingNotFound, ))
    def get(self, name: str, query: ThingQuery, call: Call) -> Answer:
        assert call.path_with_query.startswith('/v1/things/') and query.tag is not None
        return unless_known(lambda: self._things.validator(name), lambda: self._things.read(name))

    @endpoint(access=Level.MEMBER,
              summary='Changes a thing',
              response=ThingView,
              if_match='required',
              errors=(ThingNotFound, ))
    def patch(self, name: str, body: ThingPatch, call: Call) -> Answer:
        return document(self._things.change(name, body.changes(), call.expected_version))

    @endpoint(access=Level.ADMIN,
              summary='Removes a thing',
              status=204,
              if_match='accepted',
              errors=(ThingNotFound, ))
    def delete(self, name: str, call: Call) -> Answer:
        self._things.change(name, {}, call.expected_version)
        del self._things.kept[name]
        return no_content()


class OwnResource(OfThings):

    @endpoint(access=Level.MEMBER, summary='Reads what is the caller’s own', response=ThingView)
    def get(self, call: Call) -> Answer:
        name = str(call.caller.member_id)[:8]
        return Answer(body=ThingView(name=name, note=None, count=0), etag='"own"')

    @endpoint(access=Level.MEMBER,
              summary='Says how it goes',
              response=ThingView,
              unverified=True,
              body_optional=True)
    def post(self, body: Mood, call: Call) -> Answer:
        return Answer(body=ThingView(name=str(call.caller.level), note=body.text, count=0))


class CoinsResource(OfThings):
    """Where a request without its key is refused; what was made knows the key for good."""

    @endpoint(access=Level.MEMBER,
              summary='Throws a coin',
              response=ThingView,
              status=201,
              key_required=True)
    def post(self, body: ThingBody, call: Call) -> Answer:
        assert call.request_key is not None
        self._things.coins.append(call.request_key)
        return Answer(body=ThingView(name=body.name, note=None, count=len(self._things.coins)))


def own_purse(caller: Caller, path: Mapping[str, Any]) -> None:
    if path['owner'] != 'me' and not caller.is_admin:
        raise NotYours()


class PurseResource(OfThings):
    """The path alone says whose it is."""

    @endpoint(access=Level.MEMBER,
              summary='Fills a purse',
              response=ThingView,
              guard=own_purse,
              errors=(NotYours, ))
    def patch(self, owner: str, body: ThingPatch, query: PurseQuery) -> Answer:
        return Answer(body=ThingView(name=query.from_ or owner, note=body.note, count=body.count))


class SignOffResource(OfThings):

    @endpoint(access=Level.EVERYONE, summary='Clears the cookie', status=204)
    def post(self, call: Call) -> Answer:
        assert call
        cookie = Cookie(name='c', value='', path='/', max_age=5, secure=True, domain=None)
        return no_content(cookies=(cookie, ))

    @endpoint(access=Level.EVERYONE, summary='Gives a cookie', produces='text/plain')
    def get(self, call: Call) -> Answer:
        assert call
        cookie = Cookie(name='c', value='v', path='/', max_age=5, secure=True, domain=None)
        return Answer(body=b'ok', media_type='text/plain', cookies=(cookie, ))


class OddResource(OfThings):
    """Answers that are no JSON documents, and crashes."""

    @endpoint(access=Level.EVERYONE, summary='Moves, streams or crashes', produces='text/plain')
    def get(self, kind: str, call: Call) -> Answer:
        assert call
        if kind == 'moved':
            return moved('/v1/things')
        if kind == 'stream':
            return Answer(body=self._stream(), media_type='text/plain')
        if kind == 'down':
            raise DatabaseUnavailable()
        if kind == 'limited':
            raise RateLimited(retry_after=1.2)
        raise RuntimeError('the password is sesame')

    @staticmethod
    def _stream() -> Iterator[bytes]:
        yield b'one '
        yield b'two'


ROUTES = (('/v1/things', ThingsResource), ('/v1/things/<name>', ThingResource),
          ('/v1/coins', CoinsResource), ('/v1/purses/<owner>', PurseResource),
          ('/v1/own', OwnResource), ('/v1/accounts/sign-off', SignOffResource), ('/v1/odd/<kind>',
                                                                                 OddResource))


class Sample:
    """The application and everything around it that a test may want to turn."""

    def __init__(self, **changed: Any) -> None:
        self.things = Things()
        self.clock = FakeClock()
        self.limiter = InMemoryLimiter(self.clock)
        self.authenticator = FakeAuthenticator()
        facts: dict[str, Any] = {
            'authenticator': self.authenticator,
            'limiter': self.limiter,
            'limits': (Limit(1000, 60), ),
            'idempotency': InMemoryIdempotency(),
            'clock': self.clock,
            'public_url': PUBLIC_URL,
            'cors_origins': frozenset({ORIGIN}),
            'verified_email_required': True,
            'hsts': False,
        }
        # TESTING stays off: it changes how Flask and Flask-RESTful treat errors.
        self.app = Application('sample', Edge(**facts | changed))
        answer_errors(self.app)
        add_routes(self.app, [
            Route(rule=rule, resource=resource, arguments={'things': self.things})
            for rule, resource in ROUTES
        ])
        add_documentation(self.app, version='0.1.0')
        self.client = self.app.test_client()
