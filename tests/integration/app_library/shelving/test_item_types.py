from collections.abc import Callable
from typing import Any

import pytest

from talelio_backend.shared.domain.ids import new_id
from tests.authors import Person, Site
from tests.integration.app_library.shelving.shelf import (ITEM_TYPES, LIBRARY, Shelf, faults,
                                                          refusal)
from tests.parallel import at_once
from tests.shelves import Shelves

FILM = f'{ITEM_TYPES}/film'


def add_film(admin: Person) -> None:
    answer = admin.post(ITEM_TYPES, json={'id': 'film', 'label': ' Film '})
    assert (answer.status_code, answer.headers['Location']) == (201, FILM)
    assert answer.get_json() == {'id': 'film', 'label': 'Film'}


def test_only_administrators_edit_item_types(stranger: Person, ada: Person) -> None:
    path = f'{ITEM_TYPES}/novel'
    for person, wanted in ((stranger, (401, 'credentials_required')), (ada, (403,
                                                                             'not_permitted'))):
        for answer in (person.post(ITEM_TYPES,
                                   json={}), person.patch(path, json={}), person.delete(path)):
            assert refusal(answer) == wanted


def test_three_are_there_from_the_beginning(stranger: Person) -> None:
    shown = stranger.get(ITEM_TYPES).get_json()
    assert shown['item_types'] == [{
        'id': name,
        'label': name.capitalize()
    } for name in ('fiction', 'novel', 'regular')]
    assert (shown['sort'], shown['next']) == ('id_asc', None)
    tag = stranger.get(ITEM_TYPES).headers['ETag']
    assert stranger.get(ITEM_TYPES, if_none_match=tag).status_code == 304
    assert stranger.get(f'{ITEM_TYPES}/novel').get_json() == {'id': 'novel', 'label': 'Novel'}


def test_item_types_are_paged(stranger: Person) -> None:
    first = stranger.get(f'{ITEM_TYPES}?limit=2').get_json()
    second = stranger.get(f"{ITEM_TYPES}?limit=2&cursor={first['next']}").get_json()
    assert [row['id'] for page in (first, second)
            for row in page['item_types']] == ['fiction', 'novel', 'regular']
    numbered = stranger.get(f'{ITEM_TYPES}?limit=2&page=2')
    assert numbered.headers['X-Total-Count'] == '3'
    assert refusal(stranger.get(f'{ITEM_TYPES}?sort=label_asc')) == (400, 'bad_request')


def test_an_item_type_is_made_relabelled_and_deleted(admin: Person, site: Site) -> None:
    add_film(admin)
    for _ in range(2):  # the second changes nothing
        assert admin.patch(FILM, json={'label': 'Films'}).get_json()['label'] == 'Films'
    assert admin.delete(FILM).status_code == 204
    assert refusal(admin.get(FILM)) == (404, 'item_type_not_found')
    rows = site.activity()
    assert [row.action
            for row in rows] == ['item_type_created', 'item_type_updated', 'item_type_deleted']
    assert rows[1].changes == {'label': {'before': 'Film', 'after': 'Films'}}
    assert {row.target_id for row in rows} == {'film'}


@pytest.mark.parametrize('slug', ['x', 'Film', '1film', 'fi lm', 'x' * 31, 'film\n', '-film'])
def test_a_bad_id_is_refused(admin: Person, slug: str) -> None:
    answer = admin.post(ITEM_TYPES, json={'id': slug, 'label': 'Film'})
    assert faults(answer) == [('/id', 'wrong_form')]


@pytest.mark.parametrize('label, code', [('', 'too_short'), ('x' * 61, 'too_long'),
                                         ('a\nb', 'control_character')])
def test_a_bad_label_is_refused(admin: Person, label: str, code: str) -> None:
    assert faults(admin.post(ITEM_TYPES, json={
        'id': 'film',
        'label': label
    })) == [('/label', code)]
    assert faults(admin.patch(f'{ITEM_TYPES}/novel', json={'label': label})) == [('/label', code)]


def test_the_id_stays(admin: Person) -> None:
    add_film(admin)
    assert faults(admin.patch(FILM, json={
        'label': 'Map',
        'id': 'map'
    })) == [('/id', 'unknown_key')]
    assert faults(admin.delete(f'{FILM}?id=novel')) == [('/id', 'unknown_key')]
    assert faults(admin.delete(FILM, json={'id': 'novel'})) == [('/id', 'unknown_key')]
    assert admin.get(FILM).get_json()['label'] == 'Film'


def test_an_id_is_taken_once(admin: Person) -> None:
    answers = at_once(
        20, lambda number: admin.post(ITEM_TYPES, json={
            'id': 'film',
            'label': f'Film {number}'
        }))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 19]
    assert {refusal(answer)[1]
            for answer in answers if answer.status_code == 409} == {'item_type_taken'}


def test_an_item_type_that_there_is_not_is_not_found(admin: Person) -> None:
    for answer in (admin.get(FILM), admin.patch(FILM, json={'label': 'Film'}), admin.delete(FILM)):
        assert refusal(answer) == (404, 'item_type_not_found')


@pytest.mark.parametrize('active', [True, False])
def test_an_item_type_of_a_book_stays(admin: Person, site: Site, active: bool) -> None:
    add_film(admin)
    Shelves(site).book('Emma', item_type='film', active=active)
    assert refusal(admin.delete(FILM)) == (409, 'item_type_in_use')
    assert admin.get(FILM).status_code == 200


def named_by_policy(admin: Person, _shelf: Shelf) -> Any:
    return admin.post(f'{LIBRARY}/policies',
                      json={
                          'access_level': None,
                          'item_type': 'film',
                          'length_days': 7,
                          'extensions': 0,
                          'extension_days': 7,
                          'max_open_loans': None,
                          'holds_allowed': False,
                          'max_holds': None,
                          'pickup_days': 7,
                          'grace_days': 0,
                          'overdue_per_day': '0.10',
                          'overdue_cap': None,
                          'rental': True
                      })


def named_by_tariff(admin: Person, _shelf: Shelf) -> Any:
    tiers = [{'days': None, 'rate': '1.00'}]
    return admin.post(f'{LIBRARY}/tariffs',
                      json={
                          'id':
                          'films',
                          'label':
                          'With films',
                          'rates': [{
                              'item_type': name,
                              'tiers': tiers,
                              'minimum': '0.00'
                          } for name in (None, 'film')]
                      })


def named_by_book(admin: Person, shelf: Shelf) -> Any:
    body = {'title': 'Emma', 'item_type': 'film', 'category_id': shelf.category(new_id().hex)}
    authors = [{'author_id': shelf.author('Austen')}]
    return admin.post(f'{LIBRARY}/books', json=body | {'authors': authors})


NAMING = pytest.mark.parametrize('name', [named_by_book, named_by_policy, named_by_tariff])


@NAMING
def test_an_item_type_that_something_names_stays(admin: Person, shelf: Shelf,
                                                 name: Callable[[Person, Shelf], Any]) -> None:
    add_film(admin)
    assert admin.post(ITEM_TYPES, json={'id': 'fil', 'label': 'Another'}).status_code == 201
    assert name(admin, shelf).status_code == 201
    assert refusal(admin.delete(FILM)) == (409, 'item_type_in_use')
    assert admin.get(FILM).status_code == 200
    assert admin.delete(f'{ITEM_TYPES}/fil').status_code == 204


def test_an_item_type_of_an_inactive_book_stays(admin: Person, site: Site) -> None:
    add_film(admin)
    Shelves(site).book('Emma', item_type='film', active=False)
    assert refusal(admin.delete(FILM)) == (409, 'item_type_in_use')


@NAMING
def test_an_item_type_is_deleted_or_named_and_never_both(
        admin: Person, shelf: Shelf, name: Callable[[Person, Shelf], Any]) -> None:
    for _ in range(5):
        add_film(admin)
        deleted, made = at_once(
            2, lambda number: name(admin, shelf) if number else admin.delete(FILM))
        assert (deleted.status_code, made.status_code) in ((204, 422), (409, 201)), made.text
        if deleted.status_code == 409:
            break
