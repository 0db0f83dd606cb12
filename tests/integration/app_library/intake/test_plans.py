"""How PostgreSQL answers for 100,000 books: no record and no part of the export reads a table
whole, and each list is one statement."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from talelio_backend.app_library.data.exported_books import SqlExportedBooks
from talelio_backend.app_library.data.unit_of_work import SqlLibraryUnitOfWork
from talelio_backend.app_library.domain.record import Person as Author
from talelio_backend.shared.domain.access import Level
from tests.authors import Person, Site
from tests.intake import IMPORTS
from tests.statements import recorded

TABLES = {'library_book', 'library_copy', 'library_author', 'library_book_author', 'library_loan'}


@pytest.fixture(scope='module', name='staff')
def make_staff(big_library: Site) -> Person:
    return big_library.member('importer', level=Level.ADMIN)


def flat(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get('Plans', ()):
        yield from flat(below)


def read_whole(site: Site, act: Callable[[], object]) -> set[str]:
    """The tables that the statements of ``act`` read from end to end."""
    with recorded(site.house) as sent:
        act()
    found = set()
    with site.house.read_engine.connect() as connection:
        for statement, values in sent:
            if not statement.lstrip().startswith('SELECT'):
                continue
            plan = connection.exec_driver_sql(f'EXPLAIN (FORMAT JSON) {statement}',
                                              values).scalar_one()
            document = json.loads(plan) if isinstance(plan, str) else plan
            found |= {
                node['Relation Name']
                for node in flat(document[0]['Plan']) if node['Node Type'] == 'Seq Scan'
            }
    return found & TABLES


def test_record_is_compared_with_few_rows(big_library: Site) -> None:

    def compare() -> None:
        with SqlLibraryUnitOfWork(big_library.house.kernel.transactions) as uow:
            shelf = uow.shelf
            assert shelf.of_isbn('9780141439587') is None
            assert not shelf.titled('Nothing of this name')
            assert shelf.category('Nothing of this name') is None
            assert shelf.author(Author(family_name='Nobody', given_name='At All')) is None
            assert shelf.owner_of('NONE') is None
            assert shelf.has_item_type('regular')

    assert read_whole(big_library, compare) == set()


def test_part_of_the_export_is_found_by_its_beginning(big_library: Site) -> None:

    def export() -> None:
        parts = SqlExportedBooks(big_library.house.kernel.read).parts(at_most=100)
        assert [len(next(parts)) for _ in range(3)] == [100, 100, 100]

    assert read_whole(big_library, export) == set()


def test_list_of_imports_is_one_statement(big_library: Site, staff: Person) -> None:
    for _ in range(3):
        staff.post(IMPORTS, data=b'title\n', content_type='text/csv')
    for limit in (1, 100):
        with recorded(big_library.house) as sent:
            assert staff.get(f'{IMPORTS}?limit={limit}').status_code == 200
        assert len([one for one in sent if not one[0].startswith('PREPARE')]) == 1
