from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.authors import Person, Site
from tests.fakes import FakeClock
from tests.integration.app_library.lending.counter import (LOANS, act, borrow, document, policy,
                                                           refusal, rfc3339, shown)
from tests.shelves import Shelves
from tests.statements import recorded

ALL = f'{LOANS}?scope=all'
OPTIONS = [('started_at', 'Borrowed'), ('due_at', 'Return by'), ('returned_at', 'Returned'),
           ('title', 'Title'), ('extended', 'Extended'), ('member', 'Member')]
SOMEBODY = UUID(int=7)


def titles(person: Person, path: str) -> list[str]:
    return [loan['book']['title'] for loan in document(person.get(path))['loans']]


@pytest.fixture(name='history')
def make_history(admin: Person, ada: Person, ben: Person, clock: FakeClock,
                 shelves: Shelves) -> list[dict[str, Any]]:
    """Four loans of ada, one of ben, a day between each: Dune, Emma (returned), Cain (extended),
    Beowulf (late after 3 days), and ben's Aeneid."""
    policy(admin, length_days=30, extension_days=5)
    loans = []
    for title, person in (('Dune', ada), ('émma', ada), ('Cain', ada), ('Beowulf', ada), ('Aeneid',
                                                                                          ben)):
        if title == 'Beowulf':
            policy(admin, length_days=1)
        loans.append(borrow(person, shelves.book(title)))
        clock.advance(days=1)
    act(ada, loans[1], 'return')
    act(ada, loans[2], 'extend')
    clock.advance(hours=1)
    return loans


def test_stranger_sees_no_loans(stranger: Person) -> None:
    assert refusal(stranger.get(LOANS)) == (401, 'credentials_required')
    assert refusal(stranger.get(f'{LOANS}/{uuid4()}')) == (401, 'credentials_required')


@pytest.mark.parametrize(('status', 'expected'), [('open', ['Beowulf', 'Cain', 'Dune']),
                                                  ('late', ['Beowulf']), ('new', []),
                                                  ('returned', ['émma']),
                                                  ('all', ['Beowulf', 'Cain', 'émma', 'Dune'])])
def test_my_loans_by_status(ada: Person, history: list[dict[str, Any]], status: str,
                            expected: list[str]) -> None:
    assert history
    assert titles(ada, f'{LOANS}?status={status}') == expected


def test_new_is_what_began_within_a_day(admin: Person, ben: Person, clock: FakeClock,
                                        shelves: Shelves) -> None:
    borrow(ben, shelves.book('Emma'))
    clock.advance(hours=23, minutes=59)
    assert titles(ben, f'{LOANS}?status=new') == ['Emma']
    clock.advance(minutes=1, microseconds=1)
    assert titles(ben, f'{LOANS}?status=new') == []
    assert titles(admin, f'{ALL}&status=open') == ['Emma']


def test_loans_of_all_are_the_staff_s(admin: Person, ada: Person,
                                      history: list[dict[str, Any]]) -> None:
    assert refusal(ada.get(ALL)) == (403, 'not_permitted')
    assert titles(admin, ALL) == ['Aeneid', 'Beowulf', 'Cain', 'Dune']
    assert titles(admin, LOANS) == []
    assert document(admin.get(ALL))['loans'][0] == shown(admin, history[4])


@pytest.mark.parametrize(('filters', 'expected'), [
    ('q=EMM', ['émma']),
    ('q=em', ['émma']),
    ('q=ben', ['Aeneid']),
    ('q=be', ['Aeneid', 'Beowulf']),
    ('q=%20', ['Aeneid', 'Beowulf', 'Cain', 'émma', 'Dune']),
    ('q=%25', []),
    ('q=nothing', []),
])
def test_search(admin: Person, site: Site, history: list[dict[str, Any]], filters: str,
                expected: list[str]) -> None:
    assert history and site
    assert titles(admin, f'{ALL}&status=all&{filters}') == expected


def test_search_by_barcode(admin: Person, history: list[dict[str, Any]]) -> None:
    barcode = history[2]['copy']['barcode']
    for q in (barcode, barcode.lower()):
        assert titles(admin, f'{ALL}&q={q}') == ['Cain']


def test_filters(admin: Person, ada: Person, ben: Person, history: list[dict[str, Any]]) -> None:
    dune, cain = history[0], history[2]
    everything = f'{ALL}&status=all'
    assert titles(admin, f'{everything}&member_id={ben.id}') == ['Aeneid']
    assert titles(admin, f"{everything}&book_id={dune['book']['id']}") == ['Dune']
    assert titles(ada, f"{LOANS}?book_id={dune['book']['id']}") == ['Dune']
    since, before = dune['started_at'], cain['started_at']
    assert titles(admin, f'{everything}&since={since}&before={before}') == ['émma', 'Dune']


def test_filter_that_names_nothing(admin: Person, ada: Person) -> None:
    assert refusal(ada.get(f'{LOANS}?book_id={uuid4()}')) == (404, 'book_not_found')
    assert refusal(admin.get(f'{ALL}&member_id={uuid4()}')) == (404, 'member_not_found')


@pytest.mark.parametrize(
    'query', ['status=lost', 'scope=ours', 'q=x', f'member_id={SOMEBODY}', 'sort=member_asc'])
def test_what_a_member_may_not_ask(ada: Person, query: str) -> None:
    assert refusal(ada.get(f'{LOANS}?{query}')) == (400, 'bad_request')


def test_sort_options(admin: Person, ada: Person) -> None:
    for person, count in ((admin, 6), (ada, 5)):
        found = document(person.get(f'{LOANS}?sort_options=only'))
        assert found['sort'] == 'started_at_desc'
        assert [(option['id'], option['label'])
                for option in found['sort_options']] == OPTIONS[:count]


@pytest.mark.parametrize(('sort', 'expected'),
                         [('started_at_asc', ['Dune', 'émma', 'Cain', 'Beowulf', 'Aeneid']),
                          ('due_at_asc', ['Beowulf', 'Aeneid', 'Dune', 'émma', 'Cain']),
                          ('due_at_desc', ['Cain', 'émma', 'Dune', 'Aeneid', 'Beowulf']),
                          ('title_asc', ['Aeneid', 'Beowulf', 'Cain', 'Dune', 'émma']),
                          ('title_desc', ['émma', 'Dune', 'Cain', 'Beowulf', 'Aeneid'])])
def test_sorts(admin: Person, history: list[dict[str, Any]], sort: str,
               expected: list[str]) -> None:
    assert history
    assert paged(admin, f'{ALL}&status=all&sort={sort}') == expected


@pytest.mark.parametrize('direction', ['asc', 'desc'])
def test_empty_values_come_last_in_both_directions(admin: Person, site: Site,
                                                   history: list[dict[str, Any]],
                                                   direction: str) -> None:
    everything = f'{ALL}&status=all'
    assert paged(admin, f'{everything}&sort=returned_at_{direction}')[0] == 'émma'
    site.execute('UPDATE library_loan SET member_id = NULL WHERE id = :id', id=history[1]['id'])
    found = paged(admin, f'{everything}&sort=member_{direction}')
    assert found[-1] == 'émma'
    assert (found[0] == 'Aeneid') == (direction == 'desc')
    assert shown(admin, history[1])['member'] is None


@pytest.mark.parametrize('direction', ['asc', 'desc'])
def test_open_loans_have_no_order_by_their_returns(admin: Person, history: list[dict[str, Any]],
                                                   direction: str) -> None:
    assert history
    expected = ['Dune', 'Cain', 'Beowulf', 'Aeneid']
    found = paged(admin, f'{ALL}&sort=returned_at_{direction}')
    assert found == (expected if direction == 'asc' else expected[::-1])


def test_extended_loans_come_together(admin: Person, history: list[dict[str, Any]]) -> None:
    assert history
    assert paged(admin, f'{ALL}&status=all&sort=extended_desc')[0] == 'Cain'
    assert paged(admin, f'{ALL}&status=all&sort=extended_asc')[-1] == 'Cain'


def paged(person: Person, path: str) -> list[str]:
    """The titles of the whole list, read in pages of two."""
    found: list[str] = []
    following: str | None = f'{path}&limit=2'
    while following is not None:
        page = document(person.get(following))
        found += [loan['book']['title'] for loan in page['loans']]
        following = page['next'] and f"{path}&limit=2&cursor={page['next']}"
    assert titles(person, f'{path}&page=1&limit=100') == found
    return found


def test_cursor_outlives_the_moment(admin: Person, clock: FakeClock,
                                    history: list[dict[str, Any]]) -> None:
    assert history
    first = document(admin.get(f'{ALL}&status=late&limit=1'))
    clock.advance(days=60)
    first = document(admin.get(f'{ALL}&status=late&limit=1'))
    clock.advance(seconds=1)
    second = admin.get(f"{ALL}&status=late&limit=1&cursor={first['next']}")
    assert [loan['book']['title'] for loan in document(second)['loans']] == ['Beowulf']


def test_loans_are_called_as_books_and_members_are(admin: Person, ada: Person, site: Site,
                                                   history: list[dict[str, Any]]) -> None:
    site.execute("UPDATE library_book SET title = 'Zorro', title_key = 'zorro' "
                 "WHERE title = 'Aeneid'")
    site.execute('UPDATE "user" SET username = \'zoe\' WHERE id = :id', id=ada.id)
    assert paged(admin, f'{ALL}&sort=title_desc')[0] == 'Zorro'
    assert paged(admin, f'{ALL}&sort=member_asc')[0] == 'Zorro'
    assert shown(admin, history[0])['member']['username'] == 'zoe'


def test_known_list_and_loan_are_not_sent_again(ada: Person, clock: FakeClock,
                                                history: list[dict[str, Any]]) -> None:
    for path in (LOANS, f"{LOANS}/{history[3]['id']}"):
        tag = ada.get(path).headers['ETag']
        assert ada.get(path, if_none_match=tag).status_code == 304
    clock.advance(days=1)  # another late day, another charge
    assert ada.get(LOANS, if_none_match=ada.get(LOANS).headers['ETag']).status_code == 304
    assert shown(ada, history[3])['days_late'] == history[3]['days_late'] + 3


def test_borrowing_takes_the_same_number_of_statements_whatever_there_is(
        ada: Person, ben: Person, site: Site, shelves: Shelves, clock: FakeClock) -> None:
    counts = []
    for person in (ada, ben):
        borrow(person, shelves.book('First'))
        borrow(person, shelves.book('Second'))
    for person, others in ((ada, 0), (ben, 20)):
        for number in range(others):
            borrow(person, shelves.book(f'Other {number}'))
        book = shelves.book('Emma', copies=1 + others)
        clock.advance(seconds=1)
        with recorded(site.house) as sent:
            borrow(person, book)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 16


def test_moments_are_answered_to_the_microsecond(admin: Person, ada: Person, clock: FakeClock,
                                                 shelves: Shelves) -> None:
    start = clock.now() - timedelta(microseconds=7)
    loan = borrow(admin, shelves.book(), member_id=str(ada.id), started_at=rfc3339(start))
    assert loan['started_at'] == rfc3339(start)
