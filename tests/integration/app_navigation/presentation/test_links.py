from collections.abc import Callable
from typing import Any

import pytest

from talelio_backend.app_navigation.domain.default_links import DEFAULT_LINKS
from talelio_backend.bootstrap import House
from tests.authors import Person, Site
from tests.parallel import at_once

MakeLink = Callable[..., dict[str, Any]]
LINKS = '/v1/navigation/links'
BODY = {'text': 'Home', 'target': 'home', 'position': 'navbar', 'access_level': 'everyone'}
NOBODY_S = f'{LINKS}/019e0000-0000-7000-8000-ffffffffffff'


def refusal(answer: Any) -> tuple[int, str]:
    assert answer.content_type == 'application/problem+json', answer.text
    return answer.status_code, answer.get_json()['code']


def faults(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(fault['pointer'], fault['code']) for fault in answer.get_json()['errors']]


def test_only_administrators_look_after_links(make_link: MakeLink, stranger: Person,
                                              member: Person) -> None:
    path = f"{LINKS}/{make_link()['id']}"
    for person, wanted in ((stranger, (401, 'credentials_required')), (member, (403,
                                                                                'not_permitted'))):
        for answer in (person.get(LINKS), person.get('/v1/navigation/options'),
                       person.post(LINKS, json={}), person.get(path), person.patch(path, json={}),
                       person.delete(path)):
            assert refusal(answer) == wanted


def test_a_link_is_made_whole(admin: Person, site: Site) -> None:
    answer = admin.post(LINKS,
                        json=BODY | {
                            'text': ' Start ',
                            'icon': 'home',
                            'weight': 7,
                            'access_level': 'logged_out'
                        })
    assert answer.status_code == 201
    link = answer.get_json()
    assert list(link) == [
        'id', 'text', 'target', 'icon', 'weight', 'position', 'access_level', 'version',
        'created_at', 'updated_at'
    ]
    assert (link['text'], link['icon'], link['weight']) == ('Start', 'home', 7)
    assert (link['access_level'], link['version']) == ('logged_out', 1)
    assert answer.headers['Location'] == f"{LINKS}/{link['id']}"
    assert admin.get(answer.headers['Location']).get_json() == link
    row = site.activity()[-1]
    assert (row.action, row.text, row.actor_id) == ('link_created', 'Added the link “Start”',
                                                    admin.id)


@pytest.mark.parametrize('changed, fault', [
    ({
        'text': ' '
    }, ('/text', 'too_short')),
    ({
        'text': 'x' * 41
    }, ('/text', 'too_long')),
    ({
        'target': ''
    }, ('/target', 'too_short')),
    ({
        'target': 'x' * 201
    }, ('/target', 'too_long')),
    ({
        'icon': ''
    }, ('/icon', 'too_short')),
    ({
        'icon': 'a<b'
    }, ('/icon', 'wrong_form')),
    ({
        'icon': 'home\n'
    }, ('/icon', 'wrong_form')),
    ({
        'weight': -1
    }, ('/weight', 'too_small')),
    ({
        'weight': 101
    }, ('/weight', 'too_large')),
    ({
        'position': 'left'
    }, ('/position', 'not_an_option')),
    ({
        'access_level': 'root'
    }, ('/access_level', 'not_an_option')),
    ({
        'colour': 'red'
    }, ('/colour', 'unknown_key')),
])
def test_bad_values_are_named(admin: Person, changed: dict[str, Any], fault: tuple[str,
                                                                                   str]) -> None:
    assert faults(admin.post(LINKS, json=BODY | changed)) == [fault]


@pytest.mark.parametrize('name', sorted(BODY))
def test_what_a_link_needs_is_required(admin: Person, name: str) -> None:
    body = {key: value for key, value in BODY.items() if key != name}
    assert faults(admin.post(LINKS, json=body)) == [(f'/{name}', 'required')]


def test_a_target_that_could_be_a_script_is_refused(admin: Person, make_link: MakeLink,
                                                    site: Site) -> None:
    link = make_link()
    told = len(site.activity())
    for target in ('javascript:alert(1)', 'data:text/html,x', '//evil.example'):
        assert refusal(admin.post(LINKS, json=BODY | {'target': target})) == (422, 'bad_target')
        answer = admin.patch(f"{LINKS}/{link['id']}", json={'target': target})
        assert refusal(answer) == (422, 'bad_target')
    assert len(site.activity()) == told
    assert admin.get(f"{LINKS}/{link['id']}").get_json() == link


def test_a_change_is_told_with_both_values(admin: Person, make_link: MakeLink, site: Site) -> None:
    path = f"{LINKS}/{make_link(icon='home')['id']}"
    answer = admin.patch(path, json={'icon': None, 'position': 'footer'})
    link = answer.get_json()
    assert (link['icon'], link['position'], link['version']) == (None, 'footer', 2)
    assert site.activity()[-1].changes == {
        'icon': {
            'before': 'home',
            'after': None
        },
        'position': {
            'before': 'navbar',
            'after': 'footer'
        }
    }
    told = len(site.activity())
    assert admin.patch(path, json={'position': 'footer'}).get_json()['version'] == 2
    assert len(site.activity()) == told


def test_an_empty_change_is_refused(admin: Person, make_link: MakeLink) -> None:
    assert faults(admin.patch(f"{LINKS}/{make_link()['id']}", json={})) == [('', 'empty')]


def test_of_two_editors_one_is_told(admin: Person, make_link: MakeLink) -> None:
    path = f"{LINKS}/{make_link()['id']}"
    tag = admin.get(path).headers['ETag']
    assert admin.patch(path, json={'weight': 1}, if_match=tag).status_code == 200
    refused = admin.patch(path, json={'weight': 2}, if_match=tag)
    assert refusal(refused) == (412, 'version_mismatch')
    assert refusal(admin.delete(path, if_match=tag)) == (412, 'version_mismatch')
    assert admin.get(path).get_json()['weight'] == 1


def test_of_ten_editors_at_once_one_wins(admin: Person, make_link: MakeLink) -> None:
    path = f"{LINKS}/{make_link()['id']}"
    tag = admin.get(path).headers['ETag']
    answers = at_once(10,
                      lambda number: admin.patch(path, json={'weight': number + 1}, if_match=tag))
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 9]


def test_a_deleted_link_is_gone(admin: Person, make_link: MakeLink, site: Site) -> None:
    path = f"{LINKS}/{make_link()['id']}"
    assert admin.delete(path).status_code == 204
    for answer in (admin.get(path), admin.patch(path, json={'weight': 1}), admin.delete(path),
                   admin.get(NOBODY_S)):
        assert refusal(answer) == (404, 'link_not_found')
    assert site.activity()[-1].action == 'link_deleted'


def test_options_name_every_position_and_level_in_order(admin: Person) -> None:
    options = admin.get('/v1/navigation/options').get_json()
    assert options['positions'] == [{
        'id': 'navbar',
        'label': 'Navbar'
    }, {
        'id': 'header',
        'label': 'Header'
    }, {
        'id': 'footer',
        'label': 'Footer'
    }, {
        'id': 'hidden',
        'label': 'Hidden'
    }, {
        'id': 'adminNavbar',
        'label': 'Admin navbar'
    }, {
        'id': 'adminFooter',
        'label': 'Admin footer'
    }]
    assert options['access_levels'] == [{
        'id': 'logged_out',
        'value': -1,
        'label': 'Logged out'
    }, {
        'id': 'everyone',
        'value': 0,
        'label': 'Everyone'
    }, {
        'id': 'member',
        'value': 1,
        'label': 'Member'
    }, {
        'id': 'admin',
        'value': 2,
        'label': 'Admin'
    }]


def listed(admin: Person, query: str) -> list[str]:
    answer = admin.get(f'{LINKS}?{query}')
    assert answer.status_code == 200, answer.text
    return [link['text'] for link in answer.get_json()['links']]


def test_filters_combine(admin: Person, make_link: MakeLink) -> None:
    make_link('Home')
    make_link('Café', target='/menu', position='footer')
    make_link('Admin', position='footer', access_level='admin')
    assert sorted(listed(admin, 'position=footer')) == ['Admin', 'Café']
    assert sorted(listed(admin, 'position=footer&position=navbar')) == ['Admin', 'Café', 'Home']
    assert listed(admin, 'position=footer&access_level=admin') == ['Admin']
    assert listed(admin, 'q=CAFE') == ['Café']
    assert listed(admin, 'q=/MENU') == ['Café']
    assert listed(admin, 'q=nothing') == []
    assert refusal(admin.get(f'{LINKS}?position=left')) == (400, 'bad_request')


@pytest.mark.parametrize('sort, wanted', [('created_at_asc', 'abc'), ('created_at_desc', 'cba'),
                                          ('text_desc', 'cba'), ('target_asc', 'cba'),
                                          ('icon_asc', 'bac'), ('weight_asc', 'bca'),
                                          ('access_level_asc', 'cab'), ('position_asc', 'bca')])
def test_every_sort_option_pages_on(admin: Person, make_link: MakeLink, sort: str,
                                    wanted: str) -> None:
    make_link('a', target='z', icon='m', weight=9, access_level='member', position='adminFooter')
    make_link('b', target='y', weight=1, access_level='admin', position='header')
    make_link('c', target='x', icon='z', weight=5, access_level='logged_out', position='footer')
    seen, cursor = '', ''
    while True:
        page = admin.get(f'{LINKS}?sort={sort}&limit=1{cursor}').get_json()
        seen += ''.join(link['text'] for link in page['links'])
        if page['next'] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == wanted


def test_the_list_names_its_sort_options(admin: Person) -> None:
    page = admin.get(f'{LINKS}?sort_options=only').get_json()
    assert page['sort'] == 'created_at_desc'
    assert [(option['id'], option['label'])
            for option in page['sort_options']] == [('created_at', 'Recency'), ('text', 'Text'),
                                                    ('target', 'Target'), ('icon', 'Icon'),
                                                    ('weight', 'Weight'),
                                                    ('access_level', 'Access level'),
                                                    ('position', 'Position')]


def test_defaults_come_back_once_though_two_ask_at_once(house: House, site: Site,
                                                        stranger: Person) -> None:
    area = next(area for area in house.areas if area.name == 'navigation')
    group = area.commands[0]

    def restore(_number: int) -> Any:
        return group.main(['restore-defaults'], standalone_mode=False)

    at_once(4, restore)
    assert site.execute('SELECT count(*) FROM menu_link')[0][0] == len(DEFAULT_LINKS)
    texts = [link['text'] for link in stranger.get('/v1/navigation/me').get_json()['links']]
    assert texts == [
        'Home', 'Library', 'Articles', 'Map', 'Jukebox', 'Log in', 'Register', 'talelio', 'Book'
    ]
    site.execute("DELETE FROM menu_link WHERE text = 'Map'")
    site.execute("UPDATE menu_link SET text = 'Start' WHERE text = 'Home'")
    restore(0)
    texts = [link['text'] for link in stranger.get('/v1/navigation/me').get_json()['links']]
    assert texts[:4] == ['Start', 'Library', 'Articles', 'Map']
