from typing import Any

import pytest

from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.ids import new_id
from tests.authors import Person, Site
from tests.integration.app_library.reading.library import Library
from tests.statements import recorded

STATISTICS = '/v1/library/statistics'
DASHBOARD = f'{STATISTICS}/dashboard'


@pytest.fixture(name='lent')
def lend(site: Site, library: Library) -> dict[str, Any]:
    """A late, a new and two other open loans and a returned one; poems are inactive."""
    readers = [site.member(f'reader{number}') for number in range(4)]
    for reader in readers:
        site.execute(
            'INSERT INTO library_member (id, card_number, notices, calendar_turn, created_at) '
            "VALUES (:id, :card, '{}', 1, now())",
            id=reader.id,
            card=reader.name)
    poems = library.category('Poems')
    novel, poem = library.book('Novel', copies=4), library.book('Poem', category_id=poems)
    site.execute('UPDATE library_category SET deactivated_at = now() WHERE id = :id', id=poems)
    site.execute('UPDATE library_book SET deactivated_at = now() WHERE id = :id', id=poem)
    copies = [row.id for row in site.execute('SELECT id FROM library_copy ORDER BY barcode')]
    # Begun and due so many hours ago.
    for place, (book, begun, due, returned) in enumerate([(novel, 25, 1, False),
                                                          (novel, 23, -1, False),
                                                          (novel, 25, -1, False),
                                                          (poem, 30, 0, False),
                                                          (novel, 90, 70, True)]):
        lend_one(site,
                 book,
                 copies[place],
                 readers[place % 4],
                 begun=begun,
                 due=due,
                 returned=returned)
    for reader, amount in ((readers[0], '7.50'), (readers[1], '-3.00'), (readers[2], '1.25')):
        book_entry(site, reader, amount)
    return {'novel': novel, 'poems': poems, 'readers': readers}


def lend_one(site: Site, book: Any, copy: Any, reader: Person, *, begun: int, due: int,
             returned: bool) -> None:
    site.execute(
        'INSERT INTO library_loan (id, book_id, copy_id, member_id, item_type, started_at, '
        'due_at, extensions, returned_at, policy, charge, version) VALUES (:id, :book, :copy, '
        ":member, 'regular', now() - :begun * interval '1 hour', now() - :due * interval '1 hour',"
        " 0, CASE WHEN :returned THEN now() END, '{}', CASE WHEN :returned THEN "
        "CAST('{}' AS jsonb) END, 1)",
        id=new_id(),
        book=book,
        copy=copy,
        member=reader.id,
        begun=begun,
        due=due,
        returned=returned)


def book_entry(site: Site, reader: Person, amount: str) -> None:
    site.execute(
        'INSERT INTO library_ledger_entry (id, member_id, kind, amount, currency, note, '
        "effective_at, created_at) VALUES (:id, :member, 'payment', :amount, 'EUR', '', now(), "
        'now())',
        id=new_id(),
        member=reader.id,
        amount=amount)


def hold(site: Site, book: Any, reader: Person, state: str, hours: int | None = None) -> None:
    site.execute(
        'INSERT INTO library_hold (id, book_id, member_id, state, placed_at, ready_until) '
        "VALUES (:id, :book, :member, :state, now(), now() + :hours * interval '1 hour')",
        id=new_id(),
        book=book,
        member=reader.id,
        state=state,
        hours=hours)


def test_anybody_reads_how_much_there_is(site: Site, lent: dict[str, Any],
                                         stranger: Person) -> None:
    assert lent
    site.member('unverified', verified=False)
    blocked = site.member('blocked', level=Level.ADMIN)
    site.execute('UPDATE account SET blocked_at = now() WHERE id = :id', id=blocked.id)
    answer = stranger.get(STATISTICS)
    assert answer.get_json() == {'members': 4, 'titles': 1, 'loans': 5}
    assert answer.headers['Cache-Control'] == 'no-cache'


def test_empty_library_has_nothing(stranger: Person, admin: Person) -> None:
    of_admin_alone = {'members': 1, 'titles': 0, 'loans': 0}
    assert stranger.get(STATISTICS).get_json() == of_admin_alone
    found = admin.get(DASHBOARD).get_json()
    assert (found['loans'], found['booked_debt'], found['categories']) == (0, '0.00', [])


def test_dashboard_is_for_administrators(stranger: Person, ada: Person) -> None:
    assert stranger.get(DASHBOARD).status_code == 401
    assert ada.get(DASHBOARD).get_json()['code'] == 'not_permitted'


def test_dashboard_counts_loans_by_what_became_of_them(site: Site, lent: dict[str, Any],
                                                       admin: Person) -> None:
    readers = lent['readers']
    for reader, state, hours in ((readers[0], 'waiting', None), (readers[1], 'suspended', None),
                                 (readers[2], 'ready', 1), (readers[3], 'ready', -1)):
        hold(site, lent['novel'], reader, state, hours)
    # Anonymised loans keep counting.
    site.execute('UPDATE library_loan SET member_id = NULL WHERE returned_at IS NOT NULL')
    answer = admin.get(DASHBOARD)
    assert answer.headers['Cache-Control'] == 'private, no-store'
    found = answer.get_json()
    categories = found.pop('categories')
    assert found == {
        'loans': 5,
        'active': 4,
        'late': 2,
        'new': 1,
        'returned': 1,
        'holds_waiting': 1,
        'holds_ready': 1,
        'booked_debt': '8.75',
        'currency': 'EUR',
    }
    assert [(row['name'], row['active'], row['loans_count'], row['active_loans_count'],
             row['late_loans_count'], row['new_loans_count'])
            for row in categories] == [('Novels', True, 4, 3, 1, 1), ('Poems', False, 1, 1, 1, 0)]
    assert categories[1]['id'] == str(lent['poems'])


@pytest.mark.parametrize('path', [STATISTICS, DASHBOARD])
def test_one_statement_tells_all(site: Site, admin: Person, path: str) -> None:
    admin.get(path)
    with recorded(site.house) as sent:
        admin.get(path)
    assert len(sent) == 1
