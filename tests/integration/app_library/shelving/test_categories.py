from typing import Any

import pytest

from tests.authors import Person, Site
from tests.integration.app_library.shelving.shelf import CATEGORIES, NOBODY, Shelf, faults, refusal
from tests.parallel import at_once

SHOWN = ['id', 'name', 'active', 'deactivated_at', 'books_count', 'created_at', 'updated_at']
COUNTED = [
    'all_books_count', 'active_loans_count', 'late_loans_count', 'new_loans_count', 'loans_count'
]


def test_only_administrators_edit_categories(stranger: Person, ada: Person, shelf: Shelf) -> None:
    path = f"{CATEGORIES}/{shelf.category('Novels')}"
    for person, wanted in ((stranger, (401, 'credentials_required')), (ada, (403,
                                                                             'not_permitted'))):
        for answer in (person.post(CATEGORIES, json={}), person.patch(path, json={}),
                       person.post(f'{path}/deactivate'), person.post(f'{path}/restore'),
                       person.post(f'{CATEGORIES}/{NOBODY}/restore', json={'id': 1})):
            assert refusal(answer) == wanted
    assert shelf.shown(path)['active']


def test_a_category_is_made_renamed_deactivated_and_restored(admin: Person, site: Site) -> None:
    made = admin.post(CATEGORIES, json={'name': '  Cafe\u0301 tales '})
    path, shown = made.headers['Location'], made.get_json()
    assert (made.status_code, path) == (201, f"{CATEGORIES}/{shown['id']}")
    assert (shown['name'], shown['active'], shown['books_count']) == ('Caf\u00e9 tales', True, 0)
    assert admin.patch(path, json={'name': 'Tales'}).get_json()['name'] == 'Tales'
    gone = admin.post(f'{path}/deactivate').get_json()
    assert not gone['active'] and gone['deactivated_at'] == gone['updated_at']
    assert refusal(admin.post(f'{path}/deactivate')) == (409, 'already_inactive')
    back = admin.post(f'{path}/restore').get_json()
    assert back['active'] and back['deactivated_at'] is None
    assert refusal(admin.post(f'{path}/restore')) == (409, 'already_active')
    assert admin.get(path).get_json() == back
    rows = site.activity()
    assert [row.action for row in rows] == [
        'category_created', 'category_updated', 'category_deactivated', 'category_restored'
    ]
    assert {row.target_id for row in rows} == {shown['id']}
    assert rows[1].changes == {'name': {'before': 'Caf\u00e9 tales', 'after': 'Tales'}}


def test_everybody_reads_a_category_and_administrators_its_loans(stranger: Person, ada: Person,
                                                                 admin: Person,
                                                                 shelf: Shelf) -> None:
    path = f"{CATEGORIES}/{shelf.category('Novels')}"
    shelf.do(path, 'deactivate')  # marked, and still read
    for person in (stranger, ada):
        assert list(person.get(path).get_json()) == SHOWN
    assert set(admin.get(path).get_json()) == {*SHOWN, *COUNTED}
    assert stranger.get(path).headers['Cache-Control'] == 'no-cache'
    tag = stranger.get(path).headers['ETag']
    assert stranger.get(path, if_none_match=tag).status_code == 304
    assert admin.get(path, if_none_match=tag).status_code == 200


@pytest.mark.parametrize('body, wanted', [
    ({}, ('/name', 'required')),
    ({
        'name': ' '
    }, ('/name', 'too_short')),
    ({
        'name': 'x' * 41
    }, ('/name', 'too_long')),
    ({
        'name': None
    }, ('/name', 'wrong_type')),
    ({
        'name': 'a\nb'
    }, ('/name', 'control_character')),
    ({
        'name': 'Novels',
        'id': NOBODY
    }, ('/id', 'unknown_key')),
])
def test_a_bad_name_is_refused(admin: Person, shelf: Shelf, body: dict[str, Any],
                               wanted: tuple[str, str]) -> None:
    path = f"{CATEGORIES}/{shelf.category('Tales')}"
    assert faults(admin.post(CATEGORIES, json=body)) == [wanted]
    assert faults(admin.patch(path, json=body)) == [wanted]


def test_a_name_of_forty_characters_that_fold_to_many_is_kept(admin: Person) -> None:
    # U+FDFA is eighteen characters where compatibility is folded away.
    name = '\ufdfa' * 40
    assert admin.post(CATEGORIES, json={'name': name}).get_json()['name'] == name
    assert len(admin.get(f'{CATEGORIES}?sort=name_desc').get_json()['categories']) == 1


def test_a_name_is_taken_whatever_its_case_and_by_an_inactive_one(admin: Person,
                                                                  shelf: Shelf) -> None:
    taken = f"{CATEGORIES}/{shelf.category('Ärger')}"
    other = f"{CATEGORIES}/{shelf.category('Arger')}"  # an accent makes another name
    shelf.do(taken, 'deactivate')
    assert refusal(admin.post(CATEGORIES, json={'name': 'äRGER'})) == (409, 'category_name_taken')
    assert refusal(admin.patch(other, json={'name': 'ärger'})) == (409, 'category_name_taken')
    assert shelf.shown(other)['name'] == 'Arger'


def test_a_category_never_collides_with_itself(admin: Person, shelf: Shelf, site: Site) -> None:
    path = f"{CATEGORIES}/{shelf.category('Novels')}"
    told = len(site.activity())
    assert admin.patch(path, json={'name': 'Novels'}).status_code == 200
    assert len(site.activity()) == told
    assert admin.patch(path, json={'name': 'NOVELS'}).get_json()['name'] == 'NOVELS'


def test_of_fifty_categories_with_one_name_one_is_made(admin: Person, site: Site) -> None:
    names = ['novels', 'Novels', 'NOVELS']
    answers = at_once(50, lambda number: admin.post(CATEGORIES, json={'name': names[number % 3]}))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 49]
    assert {refusal(answer)[1]
            for answer in answers if answer.status_code == 409} == {'category_name_taken'}
    assert len(site.activity()) == 1


def test_of_twenty_deactivations_one_is_carried_out(admin: Person, shelf: Shelf) -> None:
    path = f"{CATEGORIES}/{shelf.category('Novels')}"
    answers = at_once(20, lambda _number: admin.post(f'{path}/deactivate'))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 19]


def test_a_category_that_there_is_not_is_not_found(admin: Person, stranger: Person) -> None:
    path = f'{CATEGORIES}/{NOBODY}'
    for answer in (stranger.get(path), admin.patch(path, json={'name': 'Other'}),
                   admin.post(f'{path}/deactivate'), admin.post(f'{path}/restore')):
        assert refusal(answer) == (404, 'category_not_found')
    assert stranger.get(f'{CATEGORIES}/novels').status_code == 404


def test_the_path_alone_names_what_is_acted_on(admin: Person, shelf: Shelf) -> None:
    path, other = (f'{CATEGORIES}/{shelf.category(name)}' for name in ('Novels', 'Tales'))
    other_id = other.rpartition('/')[2]
    for answer in (admin.post(f'{path}/deactivate',
                              json={'id':
                                    other_id}), admin.post(f'{path}/deactivate?id={other_id}'),
                   admin.post(f'{path}/restore', json={'id': other_id}),
                   admin.patch(f'{path}?id={other_id}', json={'name': 'Lost'})):
        assert faults(answer) == [('/id', 'unknown_key')]
    assert [shelf.shown(one)['name'] for one in (path, other)] == ['Novels', 'Tales']
    assert shelf.shown(path)['active'] and shelf.shown(other)['active']


def test_a_repeated_creation_is_answered_again(admin: Person) -> None:
    key = {'Idempotency-Key': 'novels-1'}
    first, second = (admin.post(CATEGORIES, json={'name': 'Novels'}, headers=key)
                     for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json() == second.get_json()
