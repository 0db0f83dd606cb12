from datetime import timedelta
from typing import Any

from tests.authors import Person, Site
from tests.fakes import FakeClock
from tests.integration.app_library.waiting.desk import (ADVANCE, HOLDS, Desk, faults, place,
                                                        refusal, rfc3339, shown)


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
