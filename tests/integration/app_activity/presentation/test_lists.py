from typing import Any

import pytest

from talelio_backend.app_activity.domain.catalogue import catalogue
from tests.authors import Person, Site
from tests.integration.app_activity.rows import LIST, write
from tests.statements import recorded

MINE = '/v1/me/activity'
NOBODY_S = f'{LIST}/019e0000-0000-7000-8000-ffffffffffff'
READS = (LIST, f'{LIST}/preview', f'{LIST}/actions', NOBODY_S)


def texts(person: Person, path: str) -> list[str]:
    answer = person.get(path)
    assert answer.status_code == 200, answer.text
    return [row['text'] for row in answer.get_json()['activity']]


@pytest.mark.parametrize('path', READS)
def test_the_log_is_for_administrators(stranger: Person, ada: Person, path: str) -> None:
    assert stranger.get(path).status_code == 401
    refused = ada.get(path)
    assert (refused.status_code, refused.get_json()['code']) == (403, 'not_permitted')


def test_own_view_is_for_members(stranger: Person, ada: Person) -> None:
    assert stranger.get(MINE).status_code == 401
    assert ada.get(MINE).status_code == 200


@pytest.mark.parametrize('method', ['POST', 'PUT', 'PATCH', 'DELETE'])
@pytest.mark.parametrize('path', [LIST, NOBODY_S, MINE])
def test_there_is_no_way_to_write(admin: Person, method: str, path: str) -> None:
    assert admin.call(method, path, json={}).status_code == 405


def test_a_change_is_told_with_everything(admin: Person, ada: Person) -> None:
    made = ada.post('/v1/projects', json={'title': 'Boat'}).get_json()
    edited = ada.patch(f"/v1/projects/{made['id']}",
                       json={'title': 'Ship'},
                       headers={'X-Request-Id': 'walk-7'})
    assert edited.status_code == 200, edited.text
    row = admin.get(LIST).get_json()['activity'][0]
    assert row['actor'] == {'id': str(ada.id), 'username': 'ada'}
    assert row['target']['id'] == made['id']
    assert row['changes']['title'] == {'before': 'Boat', 'after': 'Ship'}
    assert (row['area'], row['request_id'], row['seq']) == ('project', 'walk-7', None)
    assert row['impersonator'] is None
    assert admin.get(f"{LIST}/{row['id']}").get_json() == row


def test_unknown_row_is_not_found(admin: Person) -> None:
    refused = admin.get(NOBODY_S)
    assert (refused.status_code, refused.get_json()['code']) == (404, 'activity_not_found')


def test_preview_shows_the_newest_ten(site: Site, admin: Person) -> None:
    for number in range(12):
        write(site, f'Created “{number}”')
    expected = [f'Created “{number}”' for number in range(11, 1, -1)]
    assert texts(admin, f'{LIST}/preview') == expected


def test_preview_of_nothing(admin: Person) -> None:
    assert admin.get(f'{LIST}/preview').get_json() == {'activity': []}


def test_actions_are_those_that_are_declared(admin: Person) -> None:
    told = admin.get(f'{LIST}/actions').get_json()['actions']
    assert [(one['area'], one['action']) for one in told] == sorted(
        (one.area, one.action) for one in catalogue())
    assert {
        'area': 'project',
        'action': 'project_created',
        'text': 'Created the project “{title}”'
    } in told


@pytest.fixture(name='rows')
def make_rows(site: Site, ada: Person, ben: Person, admin: Person) -> dict[str, Any]:
    return {
        'a':
        write(site, 'a', actor_id=ada.id, impersonator_id=admin.id, request_id='r-1'),
        'b':
        write(site,
              'b',
              actor_id=ben.id,
              area='article',
              action='article_updated',
              target_type='article',
              target_id='t-1',
              target_label='Oar'),
        'c':
        write(site, 'c', target_type='project', target_id='t-2', target_label='Pier'),
    }


@pytest.mark.parametrize(('query', 'expected'), [
    ('actor=none', 'c'),
    ('impersonator=any', 'a'),
    ('action=article_updated', 'b'),
    ('action=article_updated&action=project_created', 'cba'),
    ('area=project', 'ca'),
    ('area=project&area=article', 'cba'),
    ('target_type=project', 'c'),
    ('target_type=project&target_type=article', 'cb'),
    ('target_id=t-1', 'b'),
    ('request_id=r-1', 'a'),
    ('request_id=r-1&area=article', ''),
    ('q=oar', 'b'),
    ('q=%20', 'cba'),
    ('q=!', ''),
    ('sort=action_asc', 'bac'),
    ('sort=actor_asc', 'abc'),
    ('sort=actor_desc', 'bac'),
    ('sort=created_at_asc', 'abc'),
])
@pytest.mark.usefixtures('rows')
def test_filters_and_sorts(admin: Person, query: str, expected: str) -> None:
    assert ''.join(texts(admin, f'{LIST}?{query}')) == expected


@pytest.mark.usefixtures('rows')
def test_people_are_filtered_by_id(admin: Person, ada: Person) -> None:
    assert texts(admin, f'{LIST}?actor={ada.id}') == ['a']
    assert texts(admin, f'{LIST}?impersonator={admin.id}') == ['a']
    assert texts(admin, f'{LIST}?impersonator={ada.id}') == []


@pytest.mark.usefixtures('rows')
def test_time_is_bounded_from_inclusive_to_exclusive(admin: Person) -> None:
    at = [row['created_at'] for row in admin.get(LIST).get_json()['activity']]
    assert texts(admin, f'{LIST}?since={at[1]}') == ['c', 'b']
    assert texts(admin, f'{LIST}?before={at[1]}') == ['a']
    assert texts(admin, f'{LIST}?since={at[1]}&before={at[0]}') == ['b']


@pytest.mark.usefixtures('rows')
def test_own_view_shows_what_the_caller_did(ada: Person, ben: Person) -> None:
    assert texts(ada, MINE) == ['a']
    assert texts(ben, f'{MINE}?actor={ada.id}') == ['b']
    assert texts(ben, f'{MINE}?area=project') == []


@pytest.mark.parametrize('query', [
    'area=nothing', 'action=nothing', 'action=project_created&action=nothing', 'actor=ada',
    'impersonator=none', 'page=1', 'sort=relevance_desc', 'sort=text_asc', 'since=yesterday',
    'cursor=forged', 'q=a%00b'
])
def test_bad_parameter_is_400(admin: Person, query: str) -> None:
    for path in (LIST, MINE):
        if path == LIST or not query.startswith('actor'):
            refused = admin.get(f'{path}?{query}')
            assert (refused.status_code, refused.get_json()['code']) == (400, 'bad_request')


def test_words_are_found_without_case_and_accents(site: Site, admin: Person) -> None:
    write(site, 'Published “Äiti ja Vene”', target_label='Äiti ja Vene')
    write(site, 'Published “Vene”', target_label='Vene')
    for q in ('aiti', 'ÄITI', 'vene äiti', 'published “äiti”'):
        assert texts(admin, f'{LIST}?q={q}') == ['Published “Äiti ja Vene”'], q
    assert texts(admin, f'{LIST}?q=vene aiti isa') == []


def test_relevance_is_the_default_with_q(site: Site, admin: Person) -> None:
    write(site, 'Lent “Boat boat boat”', target_label='Boat boat boat')
    write(site, 'Lent “Boat”')
    answer = admin.get(f'{LIST}?q=boat').get_json()
    assert answer['sort'] == 'relevance_desc'
    assert [row['text'] for row in answer['activity']] == ['Lent “Boat boat boat”', 'Lent “Boat”']
    assert {'id': 'relevance', 'label': 'Relevance'} in answer['sort_options']
    assert texts(admin, f'{LIST}?q=boat&sort=created_at_desc')[0] == 'Lent “Boat”'


def test_username_of_the_actor_is_one_of_the_words(site: Site, admin: Person, ada: Person) -> None:
    write(site, 'Created “Boat”', actor_id=ada.id)
    write(site, 'Created “Oar”', actor_id=ada.id)
    write(site, 'Created “Boat” for ada')
    assert sorted(texts(admin,
                        f'{LIST}?q=Ada boat')) == ['Created “Boat”', 'Created “Boat” for ada']
    site.execute('UPDATE "user" SET username = \'mary-ann\' WHERE id = :id', id=ada.id)
    assert texts(admin, f'{LIST}?q=oar mary-ann') == ['Created “Oar”']
    assert admin.get(LIST).get_json()['activity'][-1]['actor']['username'] == 'mary-ann'


@pytest.mark.parametrize('sort', [
    'created_at_desc', 'created_at_asc', 'actor_asc', 'actor_desc', 'action_asc', 'relevance_desc',
    'relevance_asc'
])
def test_cursors_lead_through_every_row_once(site: Site, admin: Person, ada: Person,
                                             sort: str) -> None:
    for number in range(5):
        write(site, f'Created “{number}” boat', actor_id=ada.id if number % 2 else None)
    found: list[str] = []
    path = f'{LIST}?q=boat&limit=2&sort={sort}'
    cursor: str | None = ''
    while cursor is not None:
        answer = admin.get(path + cursor).get_json()
        found += [row['id'] for row in answer['activity']]
        cursor = answer['next'] and f"&cursor={answer['next']}"
    assert len(found) == len(set(found)) == 5


def test_options_are_told_without_rows(site: Site, admin: Person) -> None:
    with recorded(site.house) as sent:
        answer = admin.get(f'{LIST}?sort_options=only').get_json()
    assert not sent
    assert answer['sort'] == 'created_at_desc'
    assert [one['id'] for one in answer['sort_options']] == ['created_at', 'actor', 'action']


@pytest.mark.parametrize('path', [
    LIST, f'{LIST}?q=boat ada', f'{LIST}?sort=actor_asc&area=project', f'{LIST}/preview', MINE,
    f'{LIST}?limit=100'
])
def test_a_page_is_one_statement(site: Site, admin: Person, path: str) -> None:
    for _ in range(25):
        write(site, actor_id=admin.id)
    with recorded(site.house) as sent:
        assert admin.get(path).status_code == 200
    assert len(sent) == 1


def test_known_list_is_not_sent_again(site: Site, admin: Person) -> None:
    write(site)
    tag = admin.get(LIST).headers['ETag']
    assert admin.get(LIST, if_none_match=tag).status_code == 304
    write(site)
    assert admin.get(LIST, if_none_match=tag).status_code == 200
