"""How PostgreSQL answers for 100,000 books with 20,000 holds and 50,000 favourites."""

import re
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.library_rows import row_id
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.services.authentication import Caller
from tests.authors import Person, Site
from tests.integration.app_library.waiting.desk import FAVOURITES, HOLDS, run_job
from tests.plans import planned, read_whole
from tests.statements import recorded

# Whoever asks for all holds in the order of their titles looks at all holds, and at no other table
# as a whole.
WATCHED = re.compile('^library_(book|copy|loan|ledger_entry)$')


@pytest.fixture(scope='module', name='reader')
def make_reader(big_library: Site) -> Person:
    caller = Caller(account_id=row_id('reader', 9), level=Level.MEMBER, verified=True)
    big_library.app.extensions['talelio'].authenticator.callers['reader-9'] = caller
    return replace(big_library.stranger, name='reader-9', caller=caller)


def assert_by_index(site: Site, sent: list[tuple[str, Any]], watched: re.Pattern[str]) -> None:
    for statement, parameters in sent:
        if not statement.lstrip().upper().startswith(('SELECT', 'INSERT INTO LIBRARY_NOTICE')):
            continue
        nodes = planned(site.house.read_engine, statement, parameters)
        scanned = [table for table in read_whole(nodes) if watched.match(table)]
        assert not scanned, (scanned, statement)


def assert_list_by_index(person: Person,
                         site: Site,
                         path: str,
                         watched: re.Pattern[str] = WATCHED) -> None:
    """The page and the one after it."""
    following = None
    for _ in range(2):
        with recorded(site.house) as sent:
            answer = person.get(path if following is None else f'{path}&cursor={following}')
        assert answer.status_code == 200, answer.text
        assert_by_index(site, sent, watched)
        following = answer.get_json()['next']


@pytest.mark.parametrize('direction', ['asc', 'desc'])
@pytest.mark.parametrize('option', ['placed_at', 'title', 'state', 'member'])
def test_holds_of_everybody(big_library: Site, staff: Person, option: str, direction: str) -> None:
    sort = f'sort={option}_{direction}'
    book_id = row_id('book', 5)
    for query in ('', '&state=ready', '&state=expired&state=waiting', f'&book_id={book_id}'):
        assert_list_by_index(staff, big_library, f'{HOLDS}?scope=all&{sort}{query}')


@pytest.mark.parametrize('option', ['placed_at', 'title', 'state'])
def test_my_holds(big_library: Site, reader: Person, option: str) -> None:
    everything = re.compile('^library_')
    for query in ('', '&state=expired', f"&book_id={row_id('book', 5)}"):
        path = f'{HOLDS}?sort={option}_desc{query}'
        assert_list_by_index(reader, big_library, path, everything)


@pytest.mark.parametrize('direction', ['asc', 'desc'])
@pytest.mark.parametrize('option', ['created_at', 'title', 'member'])
def test_favourites(big_library: Site, staff: Person, reader: Person, option: str,
                    direction: str) -> None:
    sort = f'sort={option}_{direction}'
    assert_list_by_index(staff, big_library, f'{FAVOURITES}?scope=all&{sort}')
    if option != 'member':
        everything = re.compile('^library_')
        assert_list_by_index(reader, big_library, f'{FAVOURITES}?{sort}', everything)


@pytest.mark.parametrize(('path', 'member'), [(HOLDS, 'holds'), (FAVOURITES, 'favourites')])
def test_number_of_statements_does_not_depend_on_the_page(big_library: Site, staff: Person,
                                                          path: str, member: str) -> None:
    counts = set()
    for limit in (1, 20, 100):
        with recorded(big_library.house) as sent:
            rows = staff.get(f'{path}?scope=all&limit={limit}').get_json()[member]
        assert len(rows) == limit
        counts.add(len(sent))
    assert counts == {1}


def test_job_looks_at_loans_that_are_due_alone(big_library: Site) -> None:
    with recorded(big_library.house) as sent:
        run_job(big_library, 'library.notices')
    begun = [found for found in sent if 'library_notice' in found[0]]
    assert begun
    assert_by_index(big_library, begun, WATCHED)
