import pytest

from talelio_backend.shared.domain import errors
from talelio_backend.shared.domain.errors import DomainError, Fault
from talelio_backend.shared.presentation import problems
from tests.sample_api import Sample
from tests.unit.shared.presentation.conftest import Ask, assert_problem

KINDS = (errors.NotFound, errors.Conflict, errors.NotPermitted, errors.Unauthenticated,
         errors.RuleBroken, errors.TooManyRequests, errors.Unavailable, errors.TooLarge,
         errors.NotSupported, errors.Stale, errors.Invalid)


class Overreaching(errors.Conflict):
    code = 'overreaching_test_error'
    title = 'It says {status}.'


def every_error() -> set[type[DomainError]]:
    found: set[type[DomainError]] = set()
    waiting = [DomainError]
    while waiting:
        subclasses = waiting.pop().__subclasses__()
        waiting += subclasses
        found.update(subclasses)
    return found


@pytest.mark.parametrize('kind', KINDS)
def test_every_kind_has_a_status(kind: type[DomainError]) -> None:
    assert 400 <= problems.status_of(kind) < 600


@pytest.mark.parametrize(('kind', 'status'), [
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.NotPermitted, 403),
    (errors.Unauthenticated, 401),
    (errors.Stale, 412),
    (errors.Invalid, 422),
    (errors.TooManyRequests, 429),
    (errors.Unavailable, 503),
    (errors.TooLarge, 413),
    (errors.NotSupported, 415),
    (problems.BadRequest, 400),
    (problems.IfMatchRequired, 428),
    (problems.VerbNotAllowed, 405),
    (problems.InternalError, 500),
])
def test_status_is_the_one_of_the_contract(kind: type[DomainError], status: int) -> None:
    assert problems.status_of(kind) == status


def test_every_error_has_a_status_and_no_kind_is_hidden_by_another() -> None:
    for error in filter(lambda one: hasattr(one, 'code'), every_error()):
        statuses = [status for kind, status in problems.STATUSES if issubclass(error, kind)]
        assert statuses, error
    for number, (kind, _) in enumerate(problems.STATUSES):
        earlier = [before for before, _ in problems.STATUSES[:number] if issubclass(kind, before)]
        assert not earlier, f'{kind.__name__} is never reached behind {earlier}'


def test_codes_are_listed_by_name() -> None:
    codes = problems.codes()
    assert list(codes) == sorted(codes)
    assert codes['version_mismatch'] is errors.VersionMismatch


def test_data_cannot_take_the_place_of_a_member() -> None:
    error = Overreaching(status=200, code='fine', type='x', extra='kept')
    with Sample().app.test_request_context():
        document = problems.document(error)
    assert document | {
        'status': 409,
        'code': 'overreaching_test_error',
        'extra': 'kept'
    } == document
    assert document['detail'] == 'It says 200.'


def test_faults_stand_in_their_order() -> None:
    error = errors.Invalid(Fault('/b', 'required', 'x'), Fault('/a', 'too_long', 'y'))
    with Sample().app.test_request_context():
        document = problems.document(error)
    assert document['errors'] == [{
        'pointer': '/b',
        'code': 'required',
        'detail': 'x'
    }, {
        'pointer': '/a',
        'code': 'too_long',
        'detail': 'y'
    }]


def test_page_of_a_code_explains_it(ask: Ask) -> None:
    facts = ask('GET /problems/version_mismatch')
    assert facts.get_json() == {
        'code': 'version_mismatch',
        'status': 412,
        'title': errors.VersionMismatch.title
    }
    page = ask('GET /problems/version_mismatch', headers={'Accept': 'text/html,*/*;q=0.8'})
    assert page.content_type == 'text/html; charset=utf-8'
    assert '412' in page.text and 'version_mismatch' in page.text


def test_unknown_code_has_no_page(ask: Ask) -> None:
    assert_problem(ask('GET /problems/nonsense'), 404, 'not_found')
