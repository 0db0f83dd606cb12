import pytest

from tests.authors import Person, Site
from tests.integration.app_project.presentation.test_projects import (MEMBERS, address, make,
                                                                      refusal)
from tests.statements import recorded

ADAS = '/v1/users/ada/projects'
ORDER = '/v1/me/projects/order'


def titles(person: Person, path: str = ADAS) -> list[str]:
    return [project['title'] for project in person.get(path).get_json()['projects']]


def test_stranger_lists_the_projects_of_a_person(ada: Person, stranger: Person) -> None:
    make(ada)
    document = stranger.get(ADAS).get_json()
    assert list(document) == ['user', 'projects', 'sort', 'sort_options', 'next']
    assert document['user']['username'] == 'ada'
    assert [list(project) for project in document['projects']] == [MEMBERS]
    assert document['sort'] == 'position_asc'
    assert [option['id']
            for option in document['sort_options']] == ['position', 'created_at', 'title']


def test_unknown_person_is_not_found_and_an_idle_one_has_none(ada: Person,
                                                              stranger: Person) -> None:
    assert refusal(stranger.get('/v1/users/nobody/projects')) == (404, 'user_not_found')
    assert titles(stranger, f'/v1/users/{ada.name.upper()}/projects') == []


def test_every_sort_option_orders_both_ways(ada: Person, stranger: Person) -> None:
    ids = [make(ada, title)['id'] for title in ('Bee', 'Ant', 'Cow')]
    assert ada.put(ORDER, json={'ids': [ids[2], ids[0], ids[1]]}).status_code == 204
    ascending = {
        'position': ['Cow', 'Bee', 'Ant'],
        'created_at': ['Bee', 'Ant', 'Cow'],
        'title': ['Ant', 'Bee', 'Cow']
    }
    for option, expected in ascending.items():
        assert titles(stranger, f'{ADAS}?sort={option}_asc') == expected
        assert titles(stranger, f'{ADAS}?sort={option}_desc') == expected[::-1]
    assert stranger.get(f'{ADAS}?sort=body_asc').status_code == 400


def test_pages_follow_each_other(ada: Person, stranger: Person) -> None:
    for title in ('One', 'Two', 'Three'):
        make(ada, title)
    first = stranger.get(f'{ADAS}?limit=2').get_json()
    assert titles(stranger, f'{ADAS}?limit=2&cursor={first["next"]}') == ['Three']
    assert stranger.get(f'{ADAS}?page=1').headers['X-Total-Count'] == '3'


@pytest.mark.parametrize('limit', [1, 100])
def test_a_list_is_one_statement(site: Site, ada: Person, stranger: Person, limit: int) -> None:
    for title in ('One', 'Two'):
        make(ada, title)
    with recorded(site.house) as sent:
        tag = stranger.get(f'{ADAS}?limit={limit}').headers['ETag']
    assert len(sent) == 1
    with recorded(site.house) as sent:
        assert stranger.get(f'{ADAS}?limit={limit}', if_none_match=tag).status_code == 304
    assert len(sent) == 1


def test_sort_options_alone_ask_the_database_nothing(site: Site, stranger: Person) -> None:
    with recorded(site.house) as sent:
        answer = stranger.get(f'{ADAS}?sort_options=only')
    assert (list(answer.get_json()), sent) == (['sort_options', 'sort'], [])


def test_order_moves_projects_and_spoils_no_edit(ada: Person, site: Site) -> None:
    boat, raft = make(ada, 'Boat'), make(ada, 'Raft')
    tag = ada.get(address(boat)).headers['ETag']
    answer = ada.put(ORDER, json={'ids': [raft['id'], boat['id']]})
    assert (answer.status_code, answer.data) == (204, b'')
    assert titles(ada) == ['Raft', 'Boat']
    assert ada.get(address(boat)).headers['ETag'] != tag
    assert ada.patch(address(boat), json={'title': 'Canoe'}, if_match=tag).status_code == 200
    row = next(row for row in site.activity() if row.action == 'projects_reordered')
    assert row.changes == {'order': {'before': ['Boat', 'Raft'], 'after': ['Raft', 'Boat']}}


def test_order_that_is_not_whole_moves_nothing(ada: Person, ben: Person) -> None:
    boat, raft = make(ada, 'Boat')['id'], make(ada, 'Raft')['id']
    other = make(ben, 'Hut')['id']
    for ids in ([raft], [raft, raft], [raft, boat, other], [raft, boat, raft], []):
        assert refusal(ada.put(ORDER, json={'ids': ids})) == (409, 'order_stale')
    assert titles(ada) == ['Boat', 'Raft']
    assert ada.put(ORDER, json={'ids': ['boat']}).status_code == 422
