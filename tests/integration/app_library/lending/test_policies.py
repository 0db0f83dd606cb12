from uuid import uuid4

import pytest

from tests.authors import Person, Site
from tests.integration.app_library.lending.counter import (CATCH_ALL, POLICIES, borrow, document,
                                                           faults, policy, refusal, shown)
from tests.shelves import Shelves

SEEDED = {
    'id': '01900000-0000-7000-8000-000000000001',
    'access_level': None,
    'item_type': None,
    'length_days': 20,
    'extensions': 1,
    'extension_days': 20,
    'max_open_loans': None,
    'holds_allowed': True,
    'max_holds': 10,
    'pickup_days': 7,
    'grace_days': 0,
    'overdue_per_day': '0.00',
    'overdue_cap': None,
    'rental': True,
}


def add(admin: Person, **fields: object) -> dict[str, object]:
    return document(admin.post(POLICIES, json=fields), 201)


def test_policies_are_the_staff_s(stranger: Person, ada: Person) -> None:
    for path in (POLICIES, CATCH_ALL, f'{POLICIES}/resolve'):
        assert refusal(stranger.get(path)) == (401, 'credentials_required')
        assert refusal(ada.get(path)) == (403, 'not_permitted')
    assert refusal(ada.post(POLICIES, json={})) == (403, 'not_permitted')


def test_library_begins_with_one_policy_for_all(admin: Person) -> None:
    assert document(admin.get(CATCH_ALL)) == SEEDED
    listed = document(admin.get(POLICIES))
    assert listed['policies'] == [SEEDED]
    assert listed['sort'] == 'created_at_asc'
    assert 'policies' not in document(admin.get(f'{POLICIES}?sort_options=only'))


def test_policy_of_a_scope_is_added_once(admin: Person, site: Site) -> None:
    answer = admin.post(POLICIES,
                        json={
                            'access_level': 'admin',
                            'item_type': 'novel',
                            'length_days': 60,
                            'overdue_per_day': '0.5',
                            'overdue_cap': '10'
                        })
    added = document(answer, 201)
    assert answer.headers['Location'] == f"{POLICIES}/{added['id']}"
    assert added == SEEDED | {
        'id': added['id'],
        'access_level': 'admin',
        'item_type': 'novel',
        'length_days': 60,
        'overdue_per_day': '0.50',
        'overdue_cap': '10.00'
    }
    taken = admin.post(POLICIES, json={'access_level': 'admin', 'item_type': 'novel'})
    assert refusal(taken) == (409, 'policy_exists')
    assert refusal(admin.post(POLICIES, json={})) == (409, 'policy_exists')
    assert [row.text for row in site.activity()] == ['Added the policy for admin, novel']


def test_catch_all_stays(admin: Person) -> None:
    assert refusal(admin.delete(CATCH_ALL)) == (409, 'default_policy')
    scoped = admin.patch(CATCH_ALL, json={'item_type': 'novel'})
    assert refusal(scoped) == (409, 'default_policy')
    policy(admin, item_type=None, length_days=30)
    assert document(admin.get(CATCH_ALL))['length_days'] == 30


def test_policy_is_changed_and_deleted(admin: Person, site: Site) -> None:
    path = f"{POLICIES}/{add(admin, item_type='novel')['id']}"
    changed = document(
        admin.patch(path,
                    json={
                        'access_level': 'member',
                        'overdue_cap': '5.00',
                        'max_holds': None
                    }))
    assert (changed['access_level'], changed['max_holds']) == ('member', None)
    whole = admin.patch(path, json={'access_level': None, 'item_type': None})
    assert refusal(whole) == (409, 'policy_exists')
    assert admin.delete(path).status_code == 204
    for answer in (admin.get(path), admin.patch(path, json={'rental': True}), admin.delete(path),
                   admin.get(f'{POLICIES}/{uuid4()}')):
        assert refusal(answer) == (404, 'policy_not_found')
    rows = site.activity()
    assert [row.text for row in rows] == [
        'Added the policy for novel', 'Changed the policy for member, novel',
        'Deleted the policy for member, novel'
    ]
    assert rows[1].changes['overdue_cap'] == {'before': None, 'after': '5.00'}


@pytest.mark.parametrize(('field', 'value'), [('length_days', 0), ('length_days', 366),
                                              ('extensions', 11), ('extension_days', 0),
                                              ('max_open_loans', 0), ('max_holds', 1001),
                                              ('pickup_days', 61), ('grace_days', -1),
                                              ('overdue_per_day', 0.5), ('overdue_cap', 'much'),
                                              ('rental', 'yes'), ('access_level', 'everyone'),
                                              ('item_type', 'Novel'), ('length_days', None),
                                              ('item_type', 'unknown-type')])
def test_bounds(admin: Person, field: str, value: object) -> None:
    for answer in (admin.post(POLICIES,
                              json={field: value}), admin.patch(CATCH_ALL, json={field: value})):
        assert [pointer for pointer, _ in faults(answer)] == [f'/{field}']
    assert faults(admin.patch(CATCH_ALL, json={})) == [('', 'empty')]


def test_most_specific_policy_counts(admin: Person, ada: Person) -> None:

    def resolved(person: Person, item_type: str) -> tuple[object, object]:
        found = document(
            admin.get(f'{POLICIES}/resolve?member_id={person.id}&item_type={item_type}'))
        return found['policy']['id'], found['because']

    assert resolved(ada, 'novel') == (SEEDED['id'], 'default')
    novel = add(admin, item_type='novel')['id']
    assert resolved(ada, 'novel') == (novel, 'item_type')
    member = add(admin, access_level='member')['id']
    assert resolved(ada, 'novel') == (member, 'access_level')
    both = add(admin, access_level='member', item_type='novel')['id']
    assert resolved(ada, 'novel') == (both, 'access_level+item_type')
    assert resolved(ada, 'regular') == (member, 'access_level')
    assert resolved(admin, 'novel') == (novel, 'item_type')


def test_resolving_names_what_there_is(admin: Person, ada: Person) -> None:
    path = f'{POLICIES}/resolve'
    unknown = admin.get(f'{path}?member_id={uuid4()}&item_type=novel')
    assert refusal(unknown) == (404, 'member_not_found')
    unknown = admin.get(f'{path}?member_id={ada.id}&item_type=scroll')
    assert refusal(unknown) == (404, 'item_type_not_found')
    assert refusal(admin.get(path)) == (400, 'bad_request')


def test_loan_keeps_the_policy_of_its_start(admin: Person, ada: Person, shelves: Shelves) -> None:
    loan = borrow(ada, shelves.book())
    policy(admin, length_days=5, extensions=3, overdue_per_day='9.00', rental=False)
    assert shown(ada, loan)['policy'] == loan['policy']
    later = borrow(ada, shelves.book('Later'))
    assert (later['policy']['length_days'], later['tariff']) == (5, None)
