from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from talelio_backend.bootstrap import House
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.ids import new_id
from tests.authors import Person, Site
from tests.conftest import MakeHouse
from tests.fakes import FakeClock
from tests.integration.app_library.waiting import HOLDS, Desk, faults, place, refusal, shown

ADVANCE = 'library.advance_holds'


@pytest.fixture(name='clock')
def make_clock() -> FakeClock:
    return FakeClock(datetime.now(UTC))


@pytest.fixture(name='house')
def house_of_the_clock(make_house: MakeHouse, clock: FakeClock) -> House:
    return make_house(clock=clock)


@pytest.fixture(name='desk')
def make_desk(site: Site) -> Desk:
    return Desk(site)


@pytest.fixture(name='ada')
def make_ada(site: Site) -> Person:
    return site.member('ada')


@pytest.fixture(name='ben')
def make_ben(site: Site) -> Person:
    return site.member('ben')


@pytest.fixture(name='admin')
def make_admin(site: Site) -> Person:
    return site.member('root', level=Level.ADMIN)


def rfc3339(moment: datetime) -> str:
    return moment.isoformat(timespec='microseconds').replace('+00:00', 'Z')


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


def test_suspended_hold_keeps_its_place_and_is_passed_over(desk: Desk, ada: Person, ben: Person,
                                                           site: Site) -> None:
    book = desk.taken()
    first, second = place(ada, book), place(ben, book)
    answer = ada.post(f"{HOLDS}/{first['id']}/suspend")
    assert (answer.status_code, answer.get_json()['state']) == (200, 'suspended')
    assert (answer.get_json()['position'], shown(ben, second)['position']) == (1, 2)
    assert refusal(ada.post(f"{HOLDS}/{first['id']}/suspend")) == (409, 'hold_not_waiting')
    site.execute("UPDATE library_copy SET status = 'available'")
    desk.run(ADVANCE)
    assert (shown(ada, first)['state'], shown(ben, second)['state']) == ('suspended', 'ready')
    assert (shown(ada, first)['position'], shown(ben, second)['position']) == (1, None)
    resumed = ada.post(f"{HOLDS}/{first['id']}/resume", json={})
    assert (resumed.status_code, resumed.get_json()['state']) == (200, 'waiting')
    assert refusal(ada.post(f"{HOLDS}/{first['id']}/resume")) == (409, 'hold_not_suspended')
    told = [row.action for row in site.activity()]
    assert told == ['hold_placed', 'hold_placed', 'hold_suspended', 'hold_ready', 'hold_resumed']


def test_hold_is_suspended_until_a_time_in_the_future(desk: Desk, ada: Person,
                                                      clock: FakeClock) -> None:
    hold = place(ada, desk.taken())
    path, now = f"{HOLDS}/{hold['id']}/suspend", clock.now()
    assert faults(ada.post(path, json={'until': rfc3339(now)})) == [('/until', 'out_of_range')]
    until = rfc3339(now + timedelta(minutes=10))
    assert ada.post(path, json={'until': until}).get_json()['suspended_until'] == until
    clock.advance(minutes=9)
    desk.run(ADVANCE)
    assert shown(ada, hold)['state'] == 'suspended'
    clock.advance(minutes=1)
    desk.run(ADVANCE)
    assert (shown(ada, hold)['state'], shown(ada, hold)['suspended_until']) == ('waiting', None)


def test_resumed_hold_is_ready_at_once_while_a_copy_is_free(desk: Desk, ada: Person, site: Site,
                                                            clock: FakeClock) -> None:
    book = desk.taken()
    hold = place(ada, book)
    ada.post(f"{HOLDS}/{hold['id']}/suspend")
    site.execute("UPDATE library_copy SET status = 'available'")
    desk.run(ADVANCE)
    assert desk.statuses(book) == ['available']
    ready = ada.post(f"{HOLDS}/{hold['id']}/resume").get_json()
    assert (ready['state'], ready['position']) == ('ready', None)
    assert ready['copy']['barcode'] == book.barcodes[0]
    assert ready['ready_at'] == rfc3339(clock.now())
    assert ready['ready_until'] == rfc3339(clock.now() + timedelta(days=7))
    assert desk.statuses(book) == ['on_hold_shelf']


def test_cancelled_hold_is_closed_for_good(desk: Desk, ada: Person, ben: Person, admin: Person,
                                           site: Site, clock: FakeClock) -> None:
    book = desk.taken()
    first, second = place(ada, book), place(ben, book)
    answer = ada.delete(f"{HOLDS}/{first['id']}")
    assert (answer.status_code, answer.data) == (204, b'')
    closed = shown(ada, first)
    assert (closed['state'], closed['reason'], closed['position']) == ('cancelled', 'member', None)
    assert closed['closed_at'] == rfc3339(clock.now())
    assert refusal(ada.delete(f"{HOLDS}/{first['id']}")) == (409, 'hold_closed')
    assert shown(ben, second)['position'] == 1
    assert admin.delete(f"{HOLDS}/{second['id']}").status_code == 204
    assert shown(ben, second)['reason'] == 'staff'
    assert site.activity()[-1].text == 'Cancelled the hold on “Emma” for ben'
    assert place(ada, book)['position'] == 1


def test_copy_of_a_cancelled_hold_goes_to_the_next(desk: Desk, ada: Person, ben: Person,
                                                   site: Site) -> None:
    book = desk.taken()
    first, second = place(ada, book), place(ben, book)
    site.execute("UPDATE library_copy SET status = 'available'")
    desk.run(ADVANCE)
    assert shown(ada, first)['state'] == 'ready'
    assert ada.delete(f"{HOLDS}/{first['id']}").status_code == 204
    ready = shown(ben, second)
    assert (ready['state'], ready['copy']['barcode']) == ('ready', book.barcodes[0])
    assert shown(ada, first)['copy'] is None
    row = site.activity()[-1]
    assert (row.action, row.actor_id) == ('hold_ready', None)
    assert ben.delete(f"{HOLDS}/{second['id']}").status_code == 204
    assert desk.statuses(book) == ['available']


def test_hold_that_nobody_collected_is_over_at_its_moment(desk: Desk, ada: Person, ben: Person,
                                                          site: Site, clock: FakeClock) -> None:
    book = desk.taken()
    first, second = place(ada, book), place(ben, book)
    site.execute("UPDATE library_copy SET status = 'available'")
    desk.run(ADVANCE)
    until = shown(ada, first)['ready_until']
    clock.advance(days=7, microseconds=-1)
    assert shown(ada, first)['state'] == 'ready'
    clock.advance(microseconds=1)
    # Before the worker comes by.
    over = shown(ada, first)
    assert (over['state'], over['closed_at'], over['reason']) == ('expired', until,
                                                                  'not_collected')
    assert (over['copy'], over['position']) == (None, None)
    assert ada.get(HOLDS).get_json()['holds'] == []
    assert ada.get(f'{HOLDS}?state=ready').get_json()['holds'] == []
    expired = ada.get(f'{HOLDS}?state=expired').get_json()['holds']
    assert [hold['id'] for hold in expired] == [first['id']]
    assert refusal(ada.delete(f"{HOLDS}/{first['id']}")) == (409, 'hold_closed')
    assert shown(ben, second)['state'] == 'waiting'
    desk.run(ADVANCE)
    assert (shown(ada, first)['state'], shown(ben, second)['state']) == ('expired', 'ready')
    rows = [(row.action, row.actor_id) for row in site.activity()[-2:]]
    assert rows == [('hold_expired', None), ('hold_ready', None)]


def test_first_request_that_writes_expires_what_is_over(desk: Desk, ada: Person, ben: Person,
                                                        admin: Person, site: Site,
                                                        clock: FakeClock) -> None:
    book = desk.taken()
    first, second = place(ada, book), place(ben, book)
    site.execute("UPDATE library_copy SET status = 'available'")
    desk.run(ADVANCE)
    clock.advance(days=8)
    third = place(admin, book)
    stored = site.execute('SELECT state FROM library_hold ORDER BY placed_at')
    assert [row.state for row in stored] == ['expired', 'ready', 'waiting']
    assert (shown(ben, second)['state'], third['position']) == ('ready', 1)
    assert shown(ada, first)['closed_at'] == rfc3339(clock.now())


def test_whoever_did_not_come_may_wait_again(desk: Desk, ada: Person, ben: Person, site: Site,
                                             clock: FakeClock) -> None:
    book = desk.taken()
    place(ada, book)
    place(ben, book)
    site.execute("UPDATE library_copy SET status = 'available'")
    desk.run(ADVANCE)
    clock.advance(days=8)
    assert place(ada, book)['position'] == 1


def test_job_that_runs_again_changes_nothing(desk: Desk, ada: Person, ben: Person,
                                             site: Site) -> None:
    book = desk.taken()
    place(ada, book)
    place(ben, book)
    site.execute("UPDATE library_copy SET status = 'available'")
    desk.run(ADVANCE)
    before: Any = site.execute('SELECT * FROM library_hold ORDER BY id')
    rows = len(site.activity())
    desk.run(ADVANCE)
    assert site.execute('SELECT * FROM library_hold ORDER BY id') == before
    assert len(site.activity()) == rows


def test_job_settles_however_many_titles_there_are(desk: Desk, ada: Person, site: Site) -> None:
    site.execute('UPDATE library_policy SET max_holds = NULL')
    desk.join(ada)
    for number in range(3):
        book = desk.taken(f'Book {number}')
        place(ada, book)
    site.execute("UPDATE library_copy SET status = 'available'")
    desk.run(ADVANCE)
    states = site.execute('SELECT DISTINCT state FROM library_hold')
    assert [row.state for row in states] == ['ready']
