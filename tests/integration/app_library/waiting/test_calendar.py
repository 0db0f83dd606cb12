from datetime import timedelta
from typing import Any

import icalendar
import pytest

from talelio_backend.app_library.data.calendar_tokens import DerivedCalendarTokens
from talelio_backend.shared.domain.ids import new_id
from tests.authors import Person, Site
from tests.fakes import FakeClock
from tests.integration.app_library.waiting.desk import Desk, refusal

LINK, CALENDAR = '/v1/library/members/me/calendar-link', '/v1/library/calendar'


def path_of(answer: Any) -> str:
    """The path of the calendar that a link leads to."""
    assert answer.status_code == 200, answer.text
    url: str = answer.get_json()['url']
    assert url.startswith(f'http://127.0.0.1:5000{CALENDAR}/')
    return url.removeprefix('http://127.0.0.1:5000')


def events(stranger: Person, path: str) -> list[Any]:
    answer = stranger.get(path)
    assert answer.status_code == 200, answer.text
    return list(icalendar.Calendar.from_ical(answer.data).walk('VEVENT'))


@pytest.mark.parametrize('method', ['GET', 'POST'])
def test_stranger_has_no_calendar(stranger: Person, method: str) -> None:
    assert refusal(stranger.call(method, LINK)) == (401, 'credentials_required')


@pytest.mark.parametrize('method', ['GET', 'POST'])
def test_address_is_told_to_its_member_alone(ada: Person, ben: Person, admin: Person,
                                             method: str) -> None:
    link = f'/v1/library/members/{ada.id}/calendar-link'
    for person in (ben, admin):
        assert refusal(person.call(method, link)) == (403, 'not_permitted')
    assert ada.call(method, link).status_code == 200
    nobody = f'/v1/library/members/{new_id()}/calendar-link'
    assert refusal(ada.call(method, nobody)) == (403, 'not_permitted')
    assert refusal(ada.call(method, LINK.replace('/me/', '/nobody/'))) == (404, 'member_not_found')


def test_every_open_loan_is_a_whole_day(desk: Desk, ada: Person, ben: Person, stranger: Person,
                                        clock: FakeClock, site: Site) -> None:
    title = 'Émma; or, the “match\\maker”' + ' again' * 20
    first = desk.lent(desk.taken(title), ada, due_at=clock.now() + timedelta(days=3))
    returned = desk.lent(desk.taken('Sanditon'), ada)
    desk.lent(desk.taken('Persuasion'), ben)
    site.execute(
        "UPDATE library_loan SET returned_at = now(), charge = "
        "'{\"days\": 1, \"rent\": \"0.00\", \"overdue\": \"0.00\"}' WHERE id = :id",
        id=returned)
    path = path_of(ada.get(LINK))
    answer = stranger.get(path)
    assert answer.content_type == 'text/calendar; charset=utf-8'
    assert answer.headers['Cache-Control'] == 'private, no-store'
    lines = answer.data.split(b'\r\n')
    assert lines[-1] == b'' and b'\n' not in b''.join(lines)
    assert max(len(line) for line in lines) <= 75
    assert rb'\; or\, the' in answer.data and rb'match\\maker' in answer.data
    event, = events(stranger, path)
    assert event['UID'] == str(first)
    assert title in event['SUMMARY']
    assert event['DTSTART'].params['VALUE'] == 'DATE'
    assert event['DTSTART'].dt == (clock.now() + timedelta(days=3)).date()
    assert stranger.get(path, if_none_match=answer.headers['ETag']).status_code == 304


def test_whoever_has_no_loan_has_an_empty_calendar(ada: Person, stranger: Person,
                                                   site: Site) -> None:
    path = path_of(ada.get(LINK))
    assert not events(stranger, path)
    assert site.execute('SELECT 1 FROM library_member') == []  # a GET made nobody a member


def test_former_address_is_worth_nothing(desk: Desk, ada: Person, stranger: Person) -> None:
    before = path_of(ada.get(LINK))
    desk.lent(desk.taken(), ada)
    assert path_of(ada.get(LINK)) == before
    after = path_of(ada.post(LINK))
    assert after != before
    assert refusal(stranger.get(before)) == (404, 'calendar_not_found')
    assert len(events(stranger, after)) == 1
    assert path_of(ada.get(LINK)) == after
    assert path_of(ada.post(LINK)) not in (before, after)


def test_forged_tokens_open_nothing(ada: Person, ben: Person, stranger: Person) -> None:
    token = path_of(ada.get(LINK)).rpartition('/')[2]
    swapped = path_of(ben.get(LINK)).rpartition('/')[2][:22] + token[22:]
    forged = DerivedCalendarTokens('another key').seal(ada.id, turn=0)
    nobody = DerivedCalendarTokens('f3b1c6a8d2e94705' * 4).seal(new_id(), turn=0)
    for wrong in (swapped, forged, nobody, token[:-1], f'{token}A', token.swapcase(), 'ä', 'x'):
        assert refusal(stranger.get(f'{CALENDAR}/{wrong}')) == (404, 'calendar_not_found')


@pytest.mark.parametrize('gone', ['UPDATE account SET blocked_at = now()', 'DELETE FROM account'])
def test_calendar_of_a_blocked_or_deleted_account_is_gone(desk: Desk, ada: Person, site: Site,
                                                          stranger: Person, gone: str) -> None:
    desk.lent(desk.taken(), ada)
    path = path_of(ada.get(LINK))
    site.execute(gone)
    assert refusal(stranger.get(path)) == (404, 'calendar_not_found')


def test_token_stands_in_no_log_and_in_no_row(ada: Person, stranger: Person, site: Site,
                                              capfd: pytest.CaptureFixture[str]) -> None:
    path = path_of(ada.post(LINK))
    token = path.rpartition('/')[2]
    assert stranger.get(path).status_code == 200
    assert stranger.get(f'{path}x').status_code == 404
    assert stranger.post(path).status_code == 405
    assert token not in ''.join(capfd.readouterr())
    assert all(token not in str(row) for row in site.activity())
