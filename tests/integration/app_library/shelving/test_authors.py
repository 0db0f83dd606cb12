from typing import Any

import pytest

from tests.authors import Person, Site
from tests.integration.app_library.shelving.shelf import AUTHORS, NOBODY, Shelf, faults, refusal

SHOWN = [
    'id', 'given_name', 'family_name', 'full_name', 'active', 'deactivated_at', 'books_count',
    'created_at', 'updated_at'
]
COUNTED = [
    'all_books_count', 'active_loans_count', 'late_loans_count', 'new_loans_count', 'loans_count'
]


def test_only_administrators_edit_authors(stranger: Person, ada: Person, shelf: Shelf) -> None:
    path = f"{AUTHORS}/{shelf.author('Austen')}"
    for person, wanted in ((stranger, (401, 'credentials_required')), (ada, (403,
                                                                             'not_permitted'))):
        for answer in (person.post(AUTHORS, json={}), person.patch(path, json={}),
                       person.post(f'{path}/deactivate'), person.post(f'{path}/restore')):
            assert refusal(answer) == wanted
    assert shelf.shown(path)['active']


def test_an_author_is_made_renamed_deactivated_and_restored(admin: Person, site: Site) -> None:
    made = admin.post(AUTHORS, json={'given_name': ' Jane ', 'family_name': 'Austen'})
    path, shown = made.headers['Location'], made.get_json()
    assert (made.status_code, path) == (201, f"{AUTHORS}/{shown['id']}")
    assert shown['full_name'] == 'Jane Austen'
    lone = admin.patch(path, json={'given_name': None}).get_json()
    assert (lone['given_name'], lone['full_name']) == (None, 'Austen')
    assert admin.patch(path, json={'given_name': ''}).status_code == 200
    assert not admin.post(f'{path}/deactivate').get_json()['active']
    assert refusal(admin.post(f'{path}/deactivate')) == (409, 'already_inactive')
    back = admin.post(f'{path}/restore').get_json()
    assert back['active'] and back['deactivated_at'] is None
    assert refusal(admin.post(f'{path}/restore')) == (409, 'already_active')
    rows = site.activity()
    assert [row.action for row in rows
            ] == ['author_created', 'author_updated', 'author_deactivated', 'author_restored']
    assert rows[1].changes == {'given_name': {'before': 'Jane', 'after': None}}
    assert [row.target_label for row in rows] == ['Jane Austen', *['Austen'] * 3]


def test_everybody_reads_an_author_and_administrators_the_loans(stranger: Person, ada: Person,
                                                                admin: Person,
                                                                shelf: Shelf) -> None:
    path = f"{AUTHORS}/{shelf.author('Austen')}"
    shelf.do(path, 'deactivate')
    for person in (stranger, ada):
        assert list(person.get(path).get_json()) == SHOWN
    assert set(admin.get(path).get_json()) == {*SHOWN, *COUNTED}
    tag = stranger.get(path).headers['ETag']
    assert stranger.get(path, if_none_match=tag).status_code == 304


def test_two_people_may_bear_one_name(shelf: Shelf) -> None:
    assert shelf.author('Smith', 'John') != shelf.author('Smith', 'John')


@pytest.mark.parametrize('body, wanted', [
    ({
        'given_name': 'Jane'
    }, ('/family_name', 'required')),
    ({
        'family_name': ' '
    }, ('/family_name', 'too_short')),
    ({
        'family_name': 'x' * 101
    }, ('/family_name', 'too_long')),
    ({
        'family_name': None
    }, ('/family_name', 'wrong_type')),
    ({
        'family_name': 'Austen',
        'given_name': 'x' * 101
    }, ('/given_name', 'too_long')),
    ({
        'family_name': 'Austen',
        'given_name': 'a\tb'
    }, ('/given_name', 'control_character')),
    ({
        'family_name': 'Austen',
        'full_name': 'Jane'
    }, ('/full_name', 'unknown_key')),
])
def test_a_bad_name_is_refused(admin: Person, body: dict[str, Any], wanted: tuple[str,
                                                                                  str]) -> None:
    assert faults(admin.post(AUTHORS, json=body)) == [wanted]


def test_a_patch_names_something_to_change(admin: Person, shelf: Shelf) -> None:
    path = f"{AUTHORS}/{shelf.author('Austen', 'Jane')}"
    assert faults(admin.patch(path, json={})) == [('', 'empty')]
    assert faults(admin.patch(path, json={'family_name':
                                          None})) == [('/family_name', 'wrong_type')]
    assert shelf.shown(path)['full_name'] == 'Jane Austen'


@pytest.mark.parametrize('given, family', [(None, 'x' * 100), ('y' * 100, '\u6751\u4e0a'),
                                           ('\ufdfa' * 100, '\U0001f4da'),
                                           ('\u0130\u0301', "O'Brien; %_")],
                         ids=['long', 'ideographs', 'folding', 'marks'])
def test_any_name_but_control_characters_is_kept(admin: Person, given: str | None,
                                                 family: str) -> None:
    shown = admin.post(AUTHORS, json={'given_name': given, 'family_name': family}).get_json()
    assert (shown['given_name'], shown['family_name']) == (given, family)
    for sort in ('given_name_asc', 'given_name_desc', 'family_name_desc'):
        assert admin.get(f'{AUTHORS}?sort={sort}').get_json()['authors'] == [shown]


def test_an_author_that_there_is_not_is_not_found(admin: Person, stranger: Person) -> None:
    path = f'{AUTHORS}/{NOBODY}'
    for answer in (stranger.get(path), admin.patch(path, json={'family_name': 'Eyre'}),
                   admin.post(f'{path}/deactivate'), admin.post(f'{path}/restore')):
        assert refusal(answer) == (404, 'author_not_found')


def test_the_path_alone_names_what_is_acted_on(admin: Person, shelf: Shelf) -> None:
    path = f"{AUTHORS}/{shelf.author('Austen')}"
    for answer in (admin.post(f'{path}/deactivate',
                              json={'id': NOBODY}), admin.post(f'{path}/restore?id={NOBODY}'),
                   admin.patch(path, json={
                       'family_name': 'Eyre',
                       'id': NOBODY
                   })):
        assert faults(answer) == [('/id', 'unknown_key')]
    assert shelf.shown(path)['full_name'] == 'Austen'
