"""The database itself keeps the ledger: nothing is changed, removed or of another currency."""

import pytest
from sqlalchemy.exc import DBAPIError

from tests.authors import Person, Site
from tests.integration.app_library.money.till import book, entries


def test_nothing_that_was_booked_is_touched(site: Site, admin: Person, ada: Person) -> None:
    book(admin, ada, 'charge', '5.00')
    before = entries(ada)
    for statement in ('UPDATE library_ledger_entry SET amount = 0.01',
                      'UPDATE library_ledger_entry SET note = note',
                      'DELETE FROM library_ledger_entry', 'TRUNCATE library_ledger_entry',
                      'TRUNCATE library_member CASCADE'):
        with pytest.raises(DBAPIError, match='neither changed nor removed'):
            site.execute(statement)
    assert entries(ada) == before


def test_a_replica_in_apply_mode_is_guarded_too(site: Site) -> None:
    rows = site.execute("SELECT tgenabled FROM pg_trigger WHERE tgname IN "
                        "('library_ledger_rows', 'library_ledger_whole')")
    assert [row.tgenabled for row in rows] == ['A', 'A']


def test_no_entry_is_in_another_currency(site: Site, admin: Person, ada: Person) -> None:
    book(admin, ada, 'charge', '5.00')
    with pytest.raises(DBAPIError, match='another currency'):
        site.execute('INSERT INTO library_ledger_entry (id, member_id, kind, amount, currency, '
                     "note, effective_at, created_at) SELECT gen_random_uuid(), member_id, "
                     "'charge', 1, 'SEK', '', now(), now() FROM library_ledger_entry")
