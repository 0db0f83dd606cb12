from typing import Any

import pytest

from tests.authors import Person, Site
from tests.parallel import at_once

TYPES = '/v1/contact/types'
NOBODY_S = f'{TYPES}/019e0000-0000-7000-8000-ffffffffffff'


def refusal(answer: Any) -> tuple[int, str]:
    assert answer.content_type == 'application/problem+json', answer.text
    return answer.status_code, answer.get_json()['code']


def test_only_administrators_change_types(type_id: str, stranger: Person, ada: Person) -> None:
    path = f'{TYPES}/{type_id}'
    for person, wanted in ((stranger, (401, 'credentials_required')), (ada, (403,
                                                                             'not_permitted'))):
        for answer in (person.post(TYPES, json={}), person.patch(path,
                                                                 json={}), person.delete(path)):
            assert refusal(answer) == wanted


def test_everybody_reads_types_and_administrators_their_use(stranger: Person, admin: Person,
                                                            message: dict[str, Any]) -> None:
    shown, = stranger.get(TYPES).get_json()['types']
    assert list(shown) == ['id', 'name', 'created_at']
    assert shown['id'] == message['type']['id']
    assert stranger.get(f"{TYPES}/{shown['id']}").get_json() == shown
    counted = shown | {'messages_count': 1}
    assert admin.get(TYPES).get_json()['types'] == [counted]
    assert admin.get(f"{TYPES}/{shown['id']}").get_json() == counted


def test_a_type_is_made_renamed_and_deleted(admin: Person, site: Site) -> None:
    made = admin.post(TYPES, json={'name': '  Lost & found '})
    path = made.headers['Location']
    assert (made.status_code, made.get_json()['name']) == (201, 'Lost & found')
    assert admin.patch(path, json={'name': 'LOST & found'}).get_json()['name'] == 'LOST & found'
    told = len(site.activity())
    assert admin.patch(path, json={'name': 'LOST & found'}).status_code == 200
    assert len(site.activity()) == told
    assert admin.delete(path).status_code == 204
    assert refusal(admin.get(path)) == (404, 'message_type_not_found')
    rows = site.activity()
    assert [row.action for row in rows
            ] == ['message_type_created', 'message_type_updated', 'message_type_deleted']
    assert rows[1].changes == {'name': {'before': 'Lost & found', 'after': 'LOST & found'}}


@pytest.mark.parametrize('name, code', [('x', 'too_short'), ('x' * 51, 'too_long'),
                                        ('a\nb', 'control_character')])
def test_a_bad_name_is_refused(admin: Person, name: str, code: str) -> None:
    answer = admin.post(TYPES, json={'name': name})
    assert answer.status_code == 422
    assert [(fault['pointer'], fault['code'])
            for fault in answer.get_json()['errors']] == [('/name', code)]


def test_a_name_is_taken_whatever_its_case(admin: Person, type_id: str) -> None:
    other = admin.post(TYPES, json={'name': 'Praise'}).get_json()['id']
    assert refusal(admin.post(TYPES, json={'name': 'lOSS'})) == (409, 'message_type_taken')
    answer = admin.patch(f'{TYPES}/{other}', json={'name': 'LOSS'})
    assert refusal(answer) == (409, 'message_type_taken')
    assert admin.patch(f'{TYPES}/{type_id}', json={'name': 'LOSS'}).status_code == 200


def test_a_type_in_use_stays(admin: Person, message: dict[str, Any]) -> None:
    path = f"{TYPES}/{message['type']['id']}"
    assert refusal(admin.delete(path)) == (409, 'message_type_in_use')
    assert admin.delete(f"/v1/contact/messages/{message['id']}").status_code == 204
    assert admin.delete(path).status_code == 204


def test_a_type_that_there_is_not_is_not_found(admin: Person, stranger: Person) -> None:
    for answer in (stranger.get(NOBODY_S), admin.patch(NOBODY_S,
                                                       json={'name':
                                                             'Other'}), admin.delete(NOBODY_S)):
        assert refusal(answer) == (404, 'message_type_not_found')


def test_of_twenty_types_with_one_name_one_is_made(admin: Person) -> None:
    answers = at_once(20, lambda _number: admin.post(TYPES, json={'name': 'Praise'}))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 19]


@pytest.mark.parametrize('sort, wanted', [('name_asc', ['Loss', 'Praise']),
                                          ('created_at_desc', ['Praise', 'Loss']),
                                          ('messages_count_desc', ['Loss', 'Praise'])])
def test_types_are_sorted(admin: Person, message: dict[str, Any], sort: str,
                          wanted: list[str]) -> None:
    assert message['type']['name'] == 'Loss'
    admin.post(TYPES, json={'name': 'Praise'})
    first = admin.get(f'{TYPES}?sort={sort}&limit=1').get_json()
    second = admin.get(f"{TYPES}?sort={sort}&limit=1&cursor={first['next']}").get_json()
    assert [page['types'][0]['name'] for page in (first, second)] == wanted


def test_only_administrators_sort_by_use(stranger: Person, admin: Person) -> None:
    query = f'{TYPES}?sort_options=only'
    assert [option['id'] for option in stranger.get(query).get_json()['sort_options']
            ] == ['name', 'created_at']
    assert [option['label'] for option in admin.get(query).get_json()['sort_options']
            ] == ['Name', 'Recency', 'Messages']
    answer = stranger.get(f'{TYPES}?sort=messages_count_desc')
    assert refusal(answer) == (400, 'bad_request')
