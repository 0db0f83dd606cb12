from typing import Any

import pytest

from tests.authors import Person, Site

PROJECTS = '/v1/projects'
MEMBERS = [
    'id', 'user_id', 'title', 'body', 'html', 'links', 'cover_image', 'repository_url', 'demo_url',
    'position', 'version', 'created_at', 'updated_at'
]


def make(owner: Person, title: str = 'Boat', **more: Any) -> dict[str, Any]:
    answer = owner.post(PROJECTS, json={'title': title} | more)
    assert answer.status_code == 201, answer.text
    project: dict[str, Any] = answer.get_json()
    return project


def refusal(answer: Any) -> tuple[int, str]:
    assert answer.content_type == 'application/problem+json', answer.text
    return answer.status_code, answer.get_json()['code']


def faults(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(fault['pointer'], fault['code']) for fault in answer.get_json()['errors']]


def address(project: dict[str, Any]) -> str:
    return f'{PROJECTS}/{project["id"]}'


def test_stranger_changes_nothing(ada: Person, stranger: Person) -> None:
    path = address(make(ada))
    for answer in (stranger.post(PROJECTS, json={'title': 'x'}), stranger.delete(path),
                   stranger.patch(path, json={'title': 'x'}),
                   stranger.put('/v1/me/projects/order', json={'ids': []})):
        assert refusal(answer) == (401, 'credentials_required')


def test_project_is_put_at_the_end(ada: Person, site: Site) -> None:
    make(ada, 'First')
    answer = ada.post(PROJECTS,
                      json={
                          'title': ' Boat ',
                          'body': '*Wood*',
                          'links': [{
                              'label': 'Plans',
                              'url': 'https://a.example/plans'
                          }],
                          'cover_image': '',
                          'repository_url': 'https://c.example/boat',
                          'demo_url': None
                      })
    assert answer.status_code == 201
    project = answer.get_json()
    assert list(project) == MEMBERS
    assert answer.headers['Location'] == address(project)
    assert (project['title'], project['position'], project['version']) == ('Boat', 1, 1)
    assert project['user_id'] == str(ada.id)
    assert '<em>Wood</em>' in project['html']
    assert project['links'] == [{'label': 'Plans', 'url': 'https://a.example/plans'}]
    assert (project['cover_image'], project['demo_url']) == (None, None)
    assert project['created_at'] == project['updated_at']
    row = site.activity()[-1]
    assert (row.action, row.text) == ('project_created', 'Created the project “Boat”')


def test_stranger_reads_a_project_with_its_user(ada: Person, stranger: Person) -> None:
    created = ada.post(PROJECTS, json={'title': 'Boat'})
    answer = stranger.get(created.headers['Location'])
    project = answer.get_json()
    assert project.pop('user')['username'] == 'ada'
    assert project == created.get_json()
    assert answer.headers['ETag'] == created.headers['ETag']
    known = stranger.get(created.headers['Location'], if_none_match=answer.headers['ETag'])
    assert (known.status_code, known.data) == (304, b'')


def test_unknown_project_is_not_found(ada: Person, stranger: Person) -> None:
    path = f'{PROJECTS}/{ada.id}'
    for answer in (stranger.get(path), stranger.get(path, if_none_match='"x"'),
                   ada.patch(path, json={'title': 'x'}), ada.delete(path)):
        assert refusal(answer) == (404, 'project_not_found')
    assert refusal(stranger.get(f'{PROJECTS}/boat')) == (404, 'not_found')


@pytest.mark.parametrize(('sent', 'expected'), [
    ({}, [('/title', 'required')]),
    ({
        'title': 'x' * 121,
        'body': 'x' * 100_001
    }, [('/title', 'too_long'), ('/body', 'too_long')]),
    ({
        'title': ' '
    }, [('/title', 'too_short')]),
    ({
        'title': 'x',
        'position': 0
    }, [('/position', 'unknown_key')]),
    ({
        'title': 'x',
        'links': [{
            'label': 'a',
            'url': 'https://a.example'
        }] * 21
    }, [('/links', 'too_many')]),
    ({
        'title': 'x',
        'links': [{
            'label': '',
            'url': 'ftp://a.example'
        }]
    }, [('/links/0/label', 'too_short'), ('/links/0/url', 'wrong_form')]),
    ({
        'title': 'x',
        'cover_image': 'boat.png',
        'repository_url': 'javascript:x',
        'demo_url': 'https://a.example/' + 'x' * 2048
    }, [('/cover_image', 'wrong_form'), ('/repository_url', 'wrong_form'),
        ('/demo_url', 'too_long')]),
])
def test_faulty_project_is_refused(ada: Person, sent: dict[str, Any],
                                   expected: list[tuple[str, str]]) -> None:
    assert faults(ada.post(PROJECTS, json=sent)) == expected


def test_edit_changes_what_it_names(ada: Person, site: Site) -> None:
    project = make(ada, body='Wood', cover_image='https://a.example/boat.png')
    answer = ada.patch(address(project), json={'title': 'Canoe', 'cover_image': None})
    changed = answer.get_json()
    assert answer.status_code == 200
    expected = project | {'title': 'Canoe', 'cover_image': None, 'version': 2}
    assert changed == expected | {'updated_at': changed['updated_at']}
    assert changed['updated_at'] > project['updated_at']
    assert set(site.activity()[-1].changes) == {'title', 'cover_image'}
    assert ada.get(address(project)).headers['ETag'] == answer.headers['ETag']


def test_edit_that_changes_nothing_keeps_the_version(ada: Person, site: Site) -> None:
    project = make(ada, body='Wood')
    same = {'title': 'Boat', 'body': 'Wood', 'links': []}
    assert ada.patch(address(project), json=same).get_json() == project
    assert len(site.activity()) == 1
    assert faults(ada.patch(address(project), json={})) == [('', 'empty')]


def test_edit_and_deletion_of_an_older_version_are_refused(ada: Person) -> None:
    path = address(make(ada))
    tag = ada.get(path).headers['ETag']
    assert ada.patch(path, json={'title': 'Canoe'}, if_match=tag).status_code == 200
    present = ada.get(path).headers['ETag']
    for answer in (ada.patch(path, json={'title': 'Raft'},
                             if_match=tag), ada.delete(path, if_match=tag)):
        assert refusal(answer) == (412, 'version_mismatch')
        assert answer.headers['ETag'] == present
    assert ada.delete(path, if_match=present).status_code == 204


def test_project_of_another_is_not_theirs_but_an_admin_s(ada: Person, ben: Person,
                                                         admin: Person) -> None:
    path = address(make(ada))
    for answer in (ben.patch(path, json={'title': 'x'}), ben.delete(path)):
        assert refusal(answer) == (403, 'not_permitted')
    assert admin.patch(path, json={'title': 'Canoe'}).get_json()['user_id'] == str(ada.id)
    assert admin.delete(path).status_code == 204


def test_deleted_project_is_gone(ada: Person, site: Site) -> None:
    path = address(make(ada))
    answer = ada.delete(path)
    assert (answer.status_code, answer.data) == (204, b'')
    assert refusal(ada.get(path)) == (404, 'project_not_found')
    assert site.activity()[-1].action == 'project_deleted'


def test_person_has_two_hundred_projects_at_most(ada: Person, ben: Person, site: Site) -> None:
    make(ada)
    site.execute('INSERT INTO project SELECT gen_random_uuid(), owner_id, title, body, html, '
                 'named_links, renderer, links, NULL, NULL, NULL, n, version, created_at, '
                 'updated_at FROM project, generate_series(1, 199) AS n')
    assert refusal(ada.post(PROJECTS, json={'title': 'x'})) == (409, 'project_limit')
    assert make(ben)['position'] == 0
