from collections.abc import Callable
from typing import Any

from talelio_backend.bootstrap import House
from tests.authors import Person
from tests.statements import recorded

MakeLink = Callable[..., dict[str, Any]]
ME, EVERYONE = '/v1/navigation/me', '/v1/navigation/everyone'
MEMBERS = ['id', 'text', 'target', 'icon', 'weight', 'position']


def texts(person: Person, path: str = ME) -> list[str]:
    answer = person.get(path)
    assert answer.status_code == 200, answer.text
    return [link['text'] for link in answer.get_json()['links']]


def one_for_each_level(make_link: MakeLink) -> None:
    for weight, level in enumerate(('admin', 'member', 'everyone', 'logged_out')):
        make_link(level, access_level=level, weight=weight)


def test_each_level_sees_its_own_menu(make_link: MakeLink, stranger: Person, blocked: Person,
                                      member: Person, admin: Person) -> None:
    one_for_each_level(make_link)
    assert texts(stranger) == ['logged_out', 'everyone']
    assert texts(blocked) == ['logged_out', 'everyone']
    assert texts(member) == ['everyone', 'member']
    assert texts(admin) == ['everyone', 'member', 'admin']


def test_the_menu_names_the_caller_s_level(stranger: Person, blocked: Person, member: Person,
                                           admin: Person) -> None:
    told = [
        person.get(ME).get_json()['access_level'] for person in (stranger, blocked, member, admin)
    ]
    assert told == [{
        'name': 'logged_out',
        'value': -1
    }, {
        'name': 'everyone',
        'value': 0
    }, {
        'name': 'member',
        'value': 1
    }, {
        'name': 'admin',
        'value': 2
    }]


def test_the_menu_of_a_stranger_is_shown_to_anybody(make_link: MakeLink, member: Person) -> None:
    one_for_each_level(make_link)
    answer = member.get(EVERYONE).get_json()
    assert [link['text'] for link in answer['links']] == ['logged_out', 'everyone']
    assert answer['access_level'] == {'name': 'member', 'value': 1}


def test_links_stand_by_position_then_weight_then_text(make_link: MakeLink,
                                                       stranger: Person) -> None:
    for text, position, weight in (('f', 'adminFooter', 0), ('e', 'adminNavbar', 0),
                                   ('d', 'hidden', 0), ('c', 'footer', 0), ('b', 'header', 0),
                                   ('z', 'navbar', 0), ('a', 'navbar', 0), ('y', 'navbar', 9)):
        make_link(text, position=position, weight=weight)
    assert texts(stranger) == ['y', 'a', 'z', 'b', 'c', 'd', 'e', 'f']


def test_a_hidden_link_is_sent(make_link: MakeLink, stranger: Person) -> None:
    made = make_link('Book', position='hidden', target='book', icon='book')
    link, = stranger.get(ME).get_json()['links']
    assert list(link) == MEMBERS
    assert link == {name: made[name] for name in MEMBERS}


def test_an_empty_menu_is_an_empty_list(stranger: Person) -> None:
    assert stranger.get(ME).get_json()['links'] == []


def test_an_edit_reaches_everybody_with_the_next_request(make_link: MakeLink, stranger: Person,
                                                         admin: Person) -> None:
    link = make_link()
    first = stranger.get(ME)
    tag = first.headers['ETag']
    assert stranger.get(ME, if_none_match=tag).status_code == 304
    admin.patch(f"/v1/navigation/links/{link['id']}", json={'text': 'Start'})
    answer = stranger.get(ME, if_none_match=tag)
    assert (answer.status_code, answer.get_json()['links'][0]['text']) == (200, 'Start')


def test_only_strangers_menus_may_be_kept_by_caches(stranger: Person, member: Person) -> None:
    for path in (ME, EVERYONE):
        assert stranger.get(path).headers['Cache-Control'] == 'no-cache'
        assert member.get(path).headers['Cache-Control'] == 'private, no-store'
        assert 'Authorization' in stranger.get(path).headers['Vary']


def test_a_menu_costs_one_statement(house: House, make_link: MakeLink, stranger: Person) -> None:
    for number in range(30):
        make_link(f'Link {number}')
    stranger.get(ME)  # a connection prepares its statement once
    for path in (ME, EVERYONE):
        with recorded(house) as sent:
            stranger.get(path)
        assert len(sent) == 1
