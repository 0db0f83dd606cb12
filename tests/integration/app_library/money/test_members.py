from datetime import timedelta
from uuid import uuid4

from tests.authors import Person, Site
from tests.fakes import NOON, FakeClock
from tests.integration.app_library.lending.counter import (HOLDS, act, borrow, document, faults,
                                                           policy, refusal, rfc3339)
from tests.integration.app_library.money.till import MEMBERS, book
from tests.shelves import Shelves

ME = f'{MEMBERS}/me'


def test_somebody_who_never_came_has_the_defaults_and_no_card(ada: Person, site: Site) -> None:
    assert document(ada.get(ME)) == {
        'id': str(ada.id),
        'username': 'ada',
        'card_number': None,
        'credit_limit': None,
        'notices': {'due_soon': True, 'overdue': True, 'holds': True},
        'history_days': None,
        'active_loans_count': 0,
        'holds_count': 0,
        'currency': 'EUR',
    }  # yapf: disable
    assert site.execute('SELECT * FROM library_member') == []


def test_whoever_borrows_or_waits_is_counted(ada: Person, ben: Person, shelves: Shelves) -> None:
    emma = shelves.book()
    borrow(ada, emma)
    document(ben.post(HOLDS, json={'book_id': str(emma.id)}), 201)
    found = document(ada.get(ME))
    assert (found['active_loans_count'], found['holds_count']) == (1, 0)
    assert found['card_number'] == '00000001' or found['card_number'].isdigit()
    assert document(ben.get(ME))['holds_count'] == 1


def test_a_member_changes_what_is_theirs(ada: Person, site: Site) -> None:
    body = {'notices': {'due_soon': False, 'overdue': True, 'holds': True}, 'history_days': 30}
    changed = document(ada.patch(ME, json=body))
    assert (changed['notices'], changed['history_days']) == (body['notices'], 30)
    assert document(ada.patch(ME, json={'history_days': None}))['history_days'] is None
    assert {row.action for row in site.activity()} == {'member_updated'}


def test_the_staff_alone_decides_limits_and_cards(ada: Person, admin: Person) -> None:
    for body in ({
            'credit_limit': '5.00'
    }, {
            'card_number': 'A-1'
    }, {
            'credit_limit': None
    }, {
            'history_days': 3,
            'card_number': 'A-1'
    }):
        assert refusal(ada.patch(ME, json=body)) == (403, 'not_permitted')
    assert document(ada.get(ME))['history_days'] is None
    path = f'{MEMBERS}/{ada.id}'
    changed = document(admin.patch(path, json={'credit_limit': '5', 'card_number': 'A-1'}))
    assert (changed['credit_limit'], changed['card_number']) == ('5.00', 'A-1')
    assert document(admin.patch(path, json={'credit_limit': None}))['credit_limit'] is None


def test_a_card_number_is_one_members(ada: Person, ben: Person, admin: Person) -> None:
    document(admin.patch(f'{MEMBERS}/{ada.id}', json={'card_number': 'A-1'}))
    taken = admin.patch(f'{MEMBERS}/{ben.id}', json={'card_number': 'A-1'})
    assert refusal(taken) == (409, 'card_number_taken')


def test_rights_come_before_the_body(ada: Person, ben: Person, stranger: Person,
                                     admin: Person) -> None:
    for path in (f'{MEMBERS}/{ada.id}', f'{MEMBERS}/{uuid4()}'):
        for body in ({'history_days': 3}, {'history_days': 0}, {}, {'nonsense': 1}):
            assert refusal(ben.patch(path, json=body)) == (403, 'not_permitted')
            assert refusal(stranger.patch(path, json=body)) == (401, 'credentials_required')
    missing = admin.patch(f'{MEMBERS}/{uuid4()}', json={'history_days': 3})
    assert refusal(missing) == (404, 'member_not_found')


def test_what_is_no_member_is_refused(admin: Person) -> None:
    for body, pointer in (({'history_days': 0}, '/history_days'),
                          ({'history_days': 3651}, '/history_days'),
                          ({'credit_limit': '-1.00'}, '/credit_limit'),
                          ({'credit_limit': 5}, '/credit_limit'),
                          ({'card_number': ''}, '/card_number'),
                          ({'card_number': 'x' * 33}, '/card_number'),
                          ({'card_number': None}, '/card_number'),
                          ({'notices': None}, '/notices'),
                          ({'notices': {'due_soon': 'no'}}, '/notices/due_soon'),
                          ({'id': str(uuid4())}, '/id'), ({}, '')):  # yapf: disable
        assert [place for place, _ in faults(admin.patch(ME, json=body))] == [pointer], body


def test_list_of_members(ada: Person, ben: Person, admin: Person, shelves: Shelves,
                         stranger: Person, clock: FakeClock) -> None:
    assert refusal(stranger.get(MEMBERS)) == (401, 'credentials_required')
    assert refusal(ada.get(MEMBERS)) == (403, 'not_permitted')
    policy(admin, length_days=2, overdue_per_day='0.50')
    loan = borrow(ada, shelves.book())
    borrow(ada, shelves.book())
    clock.advance(days=3)
    act(ada, loan, 'return')
    borrow(ben, shelves.book())
    book(admin, ben, 'payment', '1.00')
    found = document(admin.get(MEMBERS))['members']
    assert [row['username'] for row in found] == ['ada', 'ben']
    assert {name: found[0][name] for name in ('balance', 'ledger', 'loans_count',
                                              'active_loans_count', 'currency', 'created_at')} == {
        'balance': '8.00',  # 3.50 + 0.50 booked, and as much run up
        'ledger': '4.00',
        'loans_count': 2,
        'active_loans_count': 1,
        'currency': 'EUR',
        'created_at': rfc3339(NOON),
    }  # yapf: disable

    def names(query: str) -> list[str]:
        rows = document(admin.get(f'{MEMBERS}?{query}'))['members']
        return [row['username'] for row in rows]

    assert (found[1]['balance'], found[1]['ledger']) == ('1.00', '-1.00')
    for sort in ('username', 'loans_count', 'active_loans_count', 'ledger', 'created_at'):
        assert names(f'sort={sort}_asc') == names(f'sort={sort}_desc')[::-1]
        cursor = document(admin.get(f'{MEMBERS}?sort={sort}_asc&limit=1'))['next']
        assert names(f'sort={sort}_asc&limit=1&cursor={cursor}') == names(f'sort={sort}_asc')[1:]
    assert names('sort=ledger_desc') == ['ada', 'ben']
    assert names('late=true') == ['ada']
    assert names('q=BE') == ['ben']
    assert names(f"q={found[0]['card_number'][-4:]}") == ['ada']
    assert names('q=%25') == []
    options = document(admin.get(f'{MEMBERS}?sort_options=only'))
    assert options['sort'] == 'username_asc'
    assert {
        one['id']: one['label']
        for one in options['sort_options']
    } == {
        'username': 'Member',
        'loans_count': 'Loans',
        'active_loans_count': 'Current loans',
        'ledger': 'Booked balance',
        'created_at': 'Recency'
    }


def test_one_forgets_what_one_returned(ada: Person, admin: Person, shelves: Shelves, site: Site,
                                       clock: FakeClock) -> None:
    forget = f'{ME}/history/forget'
    returned, kept = borrow(ada, shelves.book()), borrow(ada, shelves.book())
    clock.advance(days=1)
    act(ada, returned, 'return')
    refused = ada.post(forget)
    assert refusal(refused) == (409, 'balance_due')
    assert refused.get_json()['ledger'] == '2.00'
    book(admin, ada, 'payment', '2.00')
    assert document(ada.post(forget)) == {'anonymised': 1}
    assert refusal(ada.get(f"/v1/library/loans/{returned['id']}")) == (404, 'loan_not_found')
    anonymous = document(admin.get(f"/v1/library/loans/{returned['id']}"))
    assert (anonymous['member'], anonymous['charge']['total']) == (None, '2.00')
    assert document(ada.get(f"/v1/library/loans/{kept['id']}"))['member'] is not None
    row, = document(admin.get(MEMBERS))['members']
    assert (row['loans_count'], row['active_loans_count']) == (2, 1)
    assert document(ada.post(forget)) == {'anonymised': 0}
    told = [row.text for row in site.activity() if row.action == 'history_forgotten']
    assert told == ['Forgot 1 returned loans of ada']


def test_stranger_has_no_history(stranger: Person) -> None:
    assert refusal(stranger.post(f'{ME}/history/forget')) == (401, 'credentials_required')


def test_old_history_is_forgotten_by_itself(ada: Person, ben: Person, admin: Person,
                                            shelves: Shelves, site: Site,
                                            clock: FakeClock) -> None:
    job, = (one for one in site.house.handlers if one.name == 'library.forget_history')
    policy(admin, rental=False)
    document(ben.patch(ME, json={'history_days': 10}))
    for person in (ada, ben):
        act(person, borrow(person, shelves.book()), 'return')
    owing = site.member('cleo')
    act(owing, borrow(owing, shelves.book()), 'return')
    book(admin, owing, 'charge', '0.01')

    def remembered() -> set[str]:
        return {
            row.username
            for row in site.execute('SELECT username FROM library_loan JOIN "user" '
                                    'ON "user".id = member_id')
        }

    clock.advance(days=10)
    job.run()
    assert remembered() == {'ada', 'ben', 'cleo'}
    clock.advance(microseconds=1)
    job.run()
    assert remembered() == {'ada', 'cleo'}
    clock.set(NOON + timedelta(days=730, microseconds=1))
    job.run()
    job.run()
    assert remembered() == {'cleo'}
