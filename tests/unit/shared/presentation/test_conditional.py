import pytest

from talelio_backend.shared.presentation.conditional import etag
from tests.sample_api import Sample
from tests.unit.shared.presentation.conftest import Ask, assert_problem

BOAT = '/v1/things/boat'


@pytest.fixture(name='tag')
def make_boat(ask: Ask, sample: Sample) -> str:
    created = ask('POST /v1/things', as_='member', json={'name': 'boat'})
    sample.things.calls.clear()
    return created.headers['ETag']


def test_etag_is_strong_and_the_same_for_making_and_reading(ask: Ask, tag: str) -> None:
    assert tag.startswith('"v1.') and tag.endswith('"')
    assert ask(f'GET {BOAT}').headers['ETag'] == tag


def test_etag_covers_the_whole_and_names_the_version() -> None:
    assert etag('a', 3) != etag('b', 3) != etag('b', 4)
    assert etag('a') == etag('a')
    assert etag('ä', 12).startswith('"v12.')


@pytest.mark.parametrize('form', ['{}', 'W/{}', '"other", {}', ' {} ', '*', '"a",W/{}'])
def test_known_representation_is_not_sent_nor_made(ask: Ask, sample: Sample, tag: str,
                                                   form: str) -> None:
    answer = ask(f'GET {BOAT}', headers={'If-None-Match': form.format(tag)})
    assert answer.status_code == 304
    assert not answer.data
    assert 'Content-Type' not in answer.headers
    assert answer.headers['ETag'] == tag
    assert sample.things.calls == ['validator']


def test_not_modified_is_cached_like_the_whole(ask: Ask, tag: str) -> None:
    for as_ in (None, 'member'):
        whole = ask(f'GET {BOAT}', as_=as_)
        known = ask(f'GET {BOAT}', as_=as_, headers={'If-None-Match': tag})
        assert known.headers['Cache-Control'] == whole.headers['Cache-Control']
        assert known.headers['Vary'] == whole.headers['Vary']


@pytest.mark.parametrize('form', ['"other"', '""', 'garbage', '"1"', ''])
def test_other_representation_is_sent(ask: Ask, tag: str, form: str) -> None:
    answer = ask(f'GET {BOAT}', headers={'If-None-Match': form})
    assert (answer.status_code, answer.headers['ETag']) == (200, tag)


def test_missing_thing_is_missing_whatever_is_known(ask: Ask) -> None:
    assert_problem(ask('GET /v1/things/none', headers={'If-None-Match': '*'}), 404,
                   'thing_not_found')


def test_head_is_conditional_too(ask: Ask, tag: str) -> None:
    assert ask(f'HEAD {BOAT}', headers={'If-None-Match': tag}).status_code == 304


def test_lists_are_conditional(ask: Ask, tag: str) -> None:
    assert tag
    for path in ('/v1/things', '/v1/things?page=1', '/v1/things?sort_options=only'):
        known = ask(f'GET {path}').headers['ETag']
        assert ask(f'GET {path}', headers={'If-None-Match': known}).status_code == 304
    ask('POST /v1/things', as_='member', json={'name': 'ship'})
    assert ask('GET /v1/things', headers={'If-None-Match': known}).status_code == 200


def change(ask: Ask, **headers: str) -> tuple[int, str]:
    answer = ask(f'PATCH {BOAT}',
                 as_='member',
                 json={'count': 1},
                 headers={
                     name.replace('_', '-'): value
                     for name, value in headers.items()
                 })
    document = answer.get_json()
    return answer.status_code, document.get('code', '')


def test_write_without_if_match_is_refused_where_it_is_required(ask: Ask, tag: str) -> None:
    assert tag and change(ask) == (428, 'if_match_required')


def test_thing_that_is_not_there_needs_no_if_match(ask: Ask, tag: str) -> None:
    assert tag
    answer = ask('PATCH /v1/things/nowhere', as_='member', json={'count': 1})
    assert answer.status_code == 404


def test_write_on_the_present_version_is_made_once(ask: Ask, tag: str) -> None:
    assert change(ask, If_Match=tag) == (200, '')
    assert change(ask, If_Match=tag) == (412, 'version_mismatch')


def test_mismatch_names_the_present_version(ask: Ask, tag: str) -> None:
    change(ask, If_Match=tag)
    refused = ask(f'PATCH {BOAT}', as_='member', json={'count': 2}, headers={'If-Match': tag})
    assert assert_problem(refused, 412, 'version_mismatch')['version'] == 2


def test_version_alone_is_compared(ask: Ask, tag: str) -> None:
    assert tag != '"v1.counted-otherwise"'
    assert change(ask, If_Match='"v1.counted-otherwise"') == (200, '')


def test_version_may_be_sent_alone(ask: Ask, tag: str) -> None:
    assert tag and change(ask, If_Match='"v1"') == (200, '')
    assert change(ask, If_Match='"v1"') == (412, 'version_mismatch')


@pytest.mark.parametrize('form', ['*', ' * ', ' {} ', '{}, {}'])
def test_other_ways_to_match(ask: Ask, tag: str, form: str) -> None:
    assert change(ask, If_Match=form.format(tag, tag)) == (200, '')


@pytest.mark.parametrize('form', [
    '"v7.a", {}', '{}, "v7.a"', '"a", "v7.a",{} , "v9.b"', 'W/"v1.x", {}',
    ', '.join(f'"v{number}.x"' for number in range(40)) + ', {}'
])
def test_any_of_several_may_match(ask: Ask, sample: Sample, tag: str, form: str) -> None:
    assert change(ask, If_Match=form.format(tag)) == (200, '')
    assert sample.things.kept['boat'][0] == 2


@pytest.mark.parametrize('form', [
    'W/{}', '""', '"', 'garbage', '"v.1"', '"v-1"', '"1"', '"1.0"', '"1-a"', '"V1.a"', '"v1-a"',
    '"v١"', '"v2.a"', '"v' + '9' * 5000 + '"', '"v2.a", "v3.b"', 'W/{}, "v2.a"', ','
])
def test_anything_else_matches_nothing(ask: Ask, tag: str, form: str) -> None:
    assert change(ask, If_Match=form.format(tag)) == (412, 'version_mismatch')


def test_if_match_may_be_left_away_where_it_is_accepted(ask: Ask, tag: str) -> None:
    stale = ask(f'DELETE {BOAT}', as_='admin', headers={'If-Match': '"v7.x"'})
    assert_problem(stale, 412, 'version_mismatch')
    assert tag and ask(f'DELETE {BOAT}', as_='admin').status_code == 204


def test_if_match_that_nobody_asks_for_is_ignored(ask: Ask, tag: str) -> None:
    assert tag and ask(f'GET {BOAT}', headers={'If-Match': '"v7.x"'}).status_code == 200
