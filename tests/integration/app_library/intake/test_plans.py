"""How PostgreSQL answers for 100,000 books: no record and no part of the export reads a table
whole, and each list is one statement."""

from collections.abc import Callable

from talelio_backend.app_library.data.exported_books import SqlExportedBooks
from talelio_backend.app_library.data.unit_of_work import SqlLibraryUnitOfWork
from talelio_backend.app_library.domain.record import Person as Author
from tests.authors import Person, Site
from tests.intake import IMPORTS
from tests.plans import planned, read_whole
from tests.statements import recorded

TABLES = {'library_book', 'library_copy', 'library_author', 'library_book_author', 'library_loan'}


def tables_read_whole(site: Site, act: Callable[[], object]) -> set[str]:
    """The tables that the statements of ``act`` read from end to end."""
    with recorded(site.house) as sent:
        act()
    found: set[str] = set()
    for statement, values in sent:
        if statement.lstrip().startswith('SELECT'):
            found |= read_whole(planned(site.house.read_engine, statement, values))
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

    assert tables_read_whole(big_library, compare) == set()


def test_part_of_the_export_is_found_by_its_beginning(big_library: Site) -> None:

    def export() -> None:
        parts = SqlExportedBooks(big_library.house.kernel.read).parts(at_most=100)
        assert [len(next(parts)) for _ in range(3)] == [100, 100, 100]

    assert tables_read_whole(big_library, export) == set()


def test_list_of_imports_is_one_statement(big_library: Site, staff: Person) -> None:
    for _ in range(3):
        staff.post(IMPORTS, data=b'title\n', content_type='text/csv')
    for limit in (1, 100):
        with recorded(big_library.house) as sent:
            assert staff.get(f'{IMPORTS}?limit={limit}').status_code == 200
        assert len([one for one in sent if not one[0].startswith('PREPARE')]) == 1
