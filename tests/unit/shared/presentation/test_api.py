from typing import Any

import pytest
from flask import Flask

from talelio_backend.shared.area import Route
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation.answers import Answer, no_content
from talelio_backend.shared.presentation.api import Resource, UndeclaredEndpoint, add_routes
from talelio_backend.shared.presentation.endpoint import Call, declaration_of, endpoint
from tests.sample_api import Name, ThingBody, ThingQuery, ThingView


class Declared(Resource):

    @endpoint(access=Level.MEMBER, summary='Declared', status=201, response=ThingView)
    def post(self, body: ThingBody, query: ThingQuery, call: Call) -> Answer:
        raise NotImplementedError((body, query, call))

    @endpoint(access=Level.EVERYONE, summary='Declared too', status=204)
    def delete(self, call: Call) -> Answer:
        raise NotImplementedError(call)


def undeclared(verb: str) -> type[Any]:

    def method(_self: Any) -> str:
        return 'open to everybody'

    return type('Careless', (Declared, ), {verb: method, 'methods': {verb.upper(), 'POST'}})


@pytest.mark.parametrize('verb', ['get', 'put', 'patch', 'delete', 'head', 'options', 'trace'])
def test_undeclared_endpoint_stops_the_start(verb: str) -> None:
    with pytest.raises(UndeclaredEndpoint, match=f'Careless.{verb}'):
        add_routes(Flask('test'), [Route(rule='/v1/open', resource=undeclared(verb))])


def test_declared_endpoints_are_served() -> None:
    app = Flask('test')
    add_routes(app, [Route(rule='/v1/fine.xml', resource=Declared)])
    rules = {rule.rule: rule.methods for rule in app.url_map.iter_rules() if rule.methods}
    assert {'POST', 'DELETE'} <= rules['/v1/fine.xml']


def test_declaration_is_read_from_the_method() -> None:
    declared = declaration_of(Declared.post)
    assert declared is not None
    assert (declared.body, declared.query, declared.response) == (ThingBody, ThingQuery, ThingView)
    assert declared.access is Level.MEMBER
    assert declared.idempotent


def test_only_making_is_idempotent_by_itself() -> None:
    declared = declaration_of(Declared.delete)
    assert declared is not None and not declared.idempotent
    assert declared.body is None and declared.query is None


def test_unknown_option_of_a_declaration_is_refused() -> None:
    with pytest.raises(TypeError, match='acess'):

        @endpoint(access=Level.EVERYONE, summary='Misspelt', acess=1)
        def misspelt(_self: Any, call: Call) -> Answer:
            return no_content(headers={'X': str((call, Name))})

        declaration_of(misspelt)
