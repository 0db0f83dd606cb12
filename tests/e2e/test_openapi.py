"""Every operation of the OpenAPI document, asked what its document allows and what it does not:
no answer is a 5xx, and each has a status, a media type and a shape that the document names."""

from collections.abc import Iterator
from contextlib import suppress
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi.checks import (content_type_conformance,
                                               response_schema_conformance,
                                               status_code_conformance)

from tests import plain_http
from tests.e2e.conftest import PASSWORD, Product, sign_up

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance
]
EXAMPLES = 10
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
# Reading comes first: what is removed would be missing in what is read.
VERBS = ('get', 'post', 'put', 'patch', 'delete')
NAME = 'schema-admin'


@pytest.fixture(name='known', scope='module')
def make_things(product: Product) -> dict[str, str]:
    """Values of path variables that lead to something, for an administrator whose they are."""
    with product.client() as client:
        sign_up(product, client, NAME)
        operator = product.operator('create-admin', '--email', f'{NAME}@example.org', '--username',
                                    NAME, '--password', PASSWORD)
        assert operator.wait(60)
        mine = sign_in(product)
        article = client.post('/v1/articles', json={'title': 'Known', 'body': '1'}, headers=mine)
        assert article.status_code == 201, article.text
        project = client.post('/v1/projects', json={'title': 'Known'}, headers=mine)
        assert project.status_code == 201, project.text
    return {
        'username': NAME,
        'slug': article.headers['Location'].rpartition('/')[2],
        'project_id': project.headers['Location'].rpartition('/')[2]
    }


def sign_in(product: Product) -> dict[str, str]:
    answer = plain_http.post(f'{product.base}/v1/accounts/login',
                             json={
                                 'username': NAME,
                                 'password': PASSWORD
                             },
                             timeout=30)
    assert answer.status_code == 200, answer.text
    return {'Authorization': f"Bearer {answer.json()['access_token']}"}


def still_in(product: Product, caller: dict[str, str]) -> bool:
    return plain_http.get(f'{product.base}/v1/me', headers=caller).status_code == 200


@pytest.fixture(name='operations', scope='module')
def describe(product: Product) -> list[Any]:
    load_all_checks()
    schema = schemathesis.openapi.from_url(f'{product.base}/v1/openapi.json')
    results: list[Any] = [*schema.get_all_operations()]
    found = [result.ok() for result in results]
    return sorted(found, key=lambda operation: VERBS.index(operation.method.lower()))


@pytest.fixture(name='link', scope='module')
def connect() -> Iterator[requests.Session]:
    """Keeps its connection, and no cookie: each request says by itself who asks."""
    with requests.Session() as session:
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        yield session


def faults_of(operation: Any, link: requests.Session, caller: dict[str, str], mode: GenerationMode,
              statuses: set[int], **fixed: Any) -> list[str]:
    """What is wrong with the answers of an operation, one text for each way to be wrong."""
    faults: dict[str, str] = {}

    @settings(max_examples=EXAMPLES,
              derandomize=True,
              database=None,
              deadline=None,
              suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode, **fixed))
    def ask(case: Any) -> None:
        case.headers.pop('Authorization', None)
        response = case.call(session=link, headers=caller)
        statuses.add(response.status_code)
        if response.status_code in (414, 431):
            return  # the server's own limits, before it is a request of anybody's
        try:
            case.validate_response(response, checks=CHECKS)
        except (AssertionError, BaseExceptionGroup) as error:
            told = getattr(error, 'exceptions', error)
            faults.setdefault(f'{operation.label} {response.status_code}', str(told))

    with suppress(Unsatisfiable):  # nothing of it can be got wrong
        ask()  # pylint: disable=no-value-for-parameter  # Hypothesis gives it
    return [f'{where}\n{what}' for where, what in faults.items()]


@pytest.mark.parametrize('mode', MODES, ids=lambda mode: mode.value)
def test_stranger_gets_what_the_document_names(operations: list[Any], link: requests.Session,
                                               mode: GenerationMode) -> None:
    faults, statuses = [], set[int]()
    for operation in operations:
        faults += faults_of(operation, link, {}, mode, statuses)
    assert not faults, '\n\n'.join(faults)
    # What is wrong in every part is answered by refusals alone.
    good = {200} if mode is GenerationMode.POSITIVE else set()
    assert good | {400, 401, 404, 422} <= statuses


@pytest.mark.parametrize('mode', MODES, ids=lambda mode: mode.value)
def test_administrator_gets_what_the_document_names(product: Product, known: dict[str, str],
                                                    operations: list[Any], link: requests.Session,
                                                    mode: GenerationMode) -> None:
    faults, statuses = [], set[int]()
    caller = sign_in(product)
    for operation in operations:
        parameters = operation.definition.raw.get('parameters', ())
        variables = {one['name'] for one in parameters if one['in'] == 'path'}
        fixed: dict[str, Any] = {
            'path_parameters': {
                name: known[name]
                for name in variables & set(known)
            }
        }
        if any(one['name'] == 'If-Match' for one in parameters):
            fixed['headers'] = {'If-Match': '*'}
        if not still_in(product, caller):  # some of what is asked ends a session
            caller = sign_in(product)
        faults += faults_of(operation, link, caller, mode, statuses, **fixed)
    assert not faults, '\n\n'.join(faults)
    wanted = {200, 201, 204} if mode is GenerationMode.POSITIVE else {400, 422}
    assert wanted <= statuses
