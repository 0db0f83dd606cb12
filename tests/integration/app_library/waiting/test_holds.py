import pytest

from talelio_backend.shared.domain.ids import new_id
from tests.authors import Person, Site
from tests.fakes import FakeClock
from tests.integration.app_library.waiting.desk import (HOLDS, Desk, faults, place, refusal,
                                                        rfc3339, shown)


@pytest.mark.parametrize('call', [('GET', HOLDS), ('POST', HOLDS), ('GET', f'{HOLDS}/{new_id()}'),
                                  ('DELETE', f'{HOLDS}/{new_id()}'),
                                  ('POST', f'{HOLDS}/{new_id()}/suspend'),
                                  ('POST', f'{HOLDS}/{new_id()}/resume')])
def test_stranger_waits_for_nothing(stranger: Person, call: tuple[str, str]) -> None:
    assert refusal(stranger.call(*call)) == (401, 'credentials_required')


def test_hold_is_the_last_place_in_the_queue(desk: Desk, ada: Person, ben: Person,
                                             clock: FakeClock) -> None:
    book = desk.taken()
    assert place(ben, book)['position'] == 1
    answer = ada.post(HOLDS, json={'book_id': str(book.id)})
    hold = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers['Location'] == f"{HOLDS}/{hold['id']}"
    assert answer.headers['Cache-Control'] == 'private, no-store'
    assert hold.pop('placed_at') > rfc3339(clock.now())  # behind ben's of the same microsecond
    assert hold == {
        'id': hold['id'],
        'book': {
            'id': str(book.id),
            'title': 'Emma',
            'active': True,
            'cover': None
        },
        'member': {
            'id': str(ada.id),
            'username': 'ada'
        },
        'state': 'waiting',
        'position': 2,
        'suspended_until': None,
        'ready_at': None,
        'ready_until': None,
        'copy': None,
        'closed_at': None,
        'reason': None
    }


def test_refusals_come_in_their_order(desk: Desk, ada: Person, ben: Person, site: Site) -> None:
    site.execute('UPDATE library_policy SET max_holds = 1, holds_allowed = false')
    book = desk.taken(copies=2, active=False)
    body = {'book_id': str(book.id)}
    desk.lent(book, ada)
    # Everything that can be wrong is wrong, and is put right one by one.
    desk.join(ben)
    for person in (ada, ben):
        site.execute(
            'INSERT INTO library_hold (id, book_id, member_id, state, placed_at) '
            "VALUES (:id, :book, :member, 'waiting', now())",
            id=new_id(),
            book=book.id,
            member=person.id)
    assert refusal(ada.post(HOLDS, json=body)) == (409, 'book_inactive')
    site.execute('UPDATE library_book SET deactivated_at = NULL')
    site.execute('UPDATE account SET verified_at = NULL')
    assert refusal(ada.post(HOLDS, json=body)) == (409, 'member_blocked')
    site.execute('UPDATE account SET verified_at = now()')
    borrowed = ada.post(HOLDS, json=body)
    assert refusal(borrowed) == (409, 'already_borrowed')
    assert borrowed.get_json()['loan_id'] == str(site.execute('SELECT id FROM library_loan')[0].id)
    site.execute("UPDATE library_loan SET returned_at = now(), charge = "
                 "'{\"days\": 1, \"rent\": \"0.00\", \"overdue\": \"0.00\"}'")
    assert refusal(ada.post(HOLDS, json=body)) == (409, 'already_on_hold')
    site.execute('DELETE FROM library_hold WHERE member_id = :id', id=ada.id)
    site.execute("UPDATE library_copy SET status = 'available'")
    assert refusal(ada.post(HOLDS, json=body)) == (409, 'copy_available')
    site.execute("UPDATE library_copy SET status = 'on_loan'")
    assert refusal(ada.post(HOLDS, json=body)) == (409, 'holds_not_allowed')
    site.execute('UPDATE library_policy SET holds_allowed = true')
    place(ada, desk.taken('Persuasion'))
    limit = ada.post(HOLDS, json=body)
    assert refusal(limit) == (409, 'hold_limit')
    assert limit.get_json()['limit'] == 1
    site.execute('UPDATE library_policy SET max_holds = 2')
    assert place(ada, book)['position'] == 2


def test_limit_of_an_item_type_counts_that_type_alone(desk: Desk, ada: Person, admin: Person,
                                                      site: Site) -> None:
    site.execute(
        'INSERT INTO library_policy SELECT :id, access_level, :type, length_days, extensions, '
        'extension_days, max_open_loans, holds_allowed, 1, pickup_days, grace_days, '
        'overdue_per_day, overdue_cap, rental, created_at FROM library_policy',
        id=new_id(),
        type='novel')
    place(ada, desk.taken('Emma'))
    place(ada, desk.taken('Persuasion', item_type='novel'))
    second = desk.taken('Pamela', item_type='novel')
    assert refusal(ada.post(HOLDS, json={'book_id': str(second.id)})) == (409, 'hold_limit')
    place(ada, desk.taken('Sanditon'))
    place(admin, second)


def test_staff_places_holds_for_members_and_members_for_themselves(desk: Desk, ada: Person,
                                                                   ben: Person, admin: Person,
                                                                   site: Site) -> None:
    book = desk.taken()
    body = {'book_id': str(book.id), 'member_id': str(ben.id)}
    assert refusal(ada.post(HOLDS, json=body)) == (403, 'not_permitted')
    assert refusal(ben.post(HOLDS, json=body)) == (403, 'not_permitted')
    hold = place(admin, book, member_id=str(ben.id))
    assert hold['member'] == {'id': str(ben.id), 'username': 'ben'}
    row = site.activity()[-1]
    assert (row.area, row.action, row.text) == ('library', 'hold_placed',
                                                'Placed a hold on “Emma” for ben')
    assert (row.actor_id, row.target_type, row.target_id) == (admin.id, 'book', str(book.id))
    place(ada, book)
    assert site.activity()[-1].text == 'Placed a hold on “Emma”'


def test_body_is_read_closely(desk: Desk, ada: Person, admin: Person) -> None:
    book = desk.taken()
    nothing, ids = str(new_id()), {'book_id': str(book.id)}
    assert faults(ada.post(HOLDS, json={})) == [('/book_id', 'required')]
    assert faults(ada.post(HOLDS, json=ids | {'id': nothing})) == [('/id', 'unknown_key')]
    unknown = ada.post(HOLDS, json={'book_id': nothing})
    assert refusal(unknown) == (422, 'validation_failed')
    assert faults(unknown) == [('/book_id', 'unknown')]
    assert faults(admin.post(HOLDS,
                             json=ids | {'member_id': nothing})) == [('/member_id', 'unknown')]
    hold = place(ada, book)
    for action in ('suspend', 'resume'):
        answer = ada.post(f"{HOLDS}/{hold['id']}/{action}", json={'id': nothing})
        assert faults(answer) == [('/id', 'unknown_key')]
    assert shown(ada, hold)['state'] == 'waiting'


def test_hold_of_somebody_else_is_not_there(desk: Desk, ada: Person, ben: Person,
                                            admin: Person) -> None:
    hold = place(ada, desk.taken())
    one = f"{HOLDS}/{hold['id']}"
    for method, path in (('GET', one), ('DELETE', one), ('POST', f'{one}/suspend'),
                         ('POST', f'{one}/resume'), ('GET', f'{HOLDS}/{new_id()}')):
        assert refusal(ben.call(method, path)) == (404, 'hold_not_found')
    assert admin.get(one).get_json() == hold
    assert ada.get(one).get_json() == hold
