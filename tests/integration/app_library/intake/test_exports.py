import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from talelio_backend.app_library.data.exported_books import SqlExportedBooks
from tests.authors import Person, Site
from tests.intake import EMMA, EXPORT, catalogue, imported, table
from tests.shelves import Shelves
from tests.statements import recorded


def command(site: Site, *arguments: str) -> Result:
    group = next(one for one in site.house.commands if one.name == 'library')
    return CliRunner().invoke(group, [*arguments])


@pytest.mark.parametrize(('format_', 'media_type', 'name'), [
    ('csv', 'text/csv; charset=utf-8', 'catalogue.csv'),
    ('marcxml', 'application/marcxml+xml', 'catalogue.xml'),
])
def test_export_is_a_file(site: Site, admin: Person, format_: str, media_type: str,
                          name: str) -> None:
    Shelves(site).book('Emma', copies=2)
    answer = admin.get(f'{EXPORT}?format={format_}')
    assert (answer.status_code, answer.headers['Content-Type']) == (200, media_type)
    assert answer.headers['Content-Disposition'] == f'attachment; filename="{name}"'
    assert answer.headers['Cache-Control'] == 'private, no-store'
    assert 'Emma' in answer.text
    assert admin.get(f'{EXPORT}?format=pdf').get_json()['code'] == 'bad_request'


def test_all_titles_are_exported_with_the_copies_that_are_owned(site: Site, admin: Person) -> None:
    shelves = Shelves(site)
    emma = shelves.book('Emma', copies=3)
    shelves.book('Persuasion', copies=1, active=False)
    shelves.book('Sanditon', copies=0)
    for status, barcode in zip(('lost', 'withdrawn'), emma.barcodes, strict=False):
        site.execute('UPDATE library_copy SET status = :status WHERE barcode = :barcode',
                     status=status,
                     barcode=barcode)
    books = catalogue(admin)
    assert [(book['title'], book['copies']) for book in books] == [('Emma', '1'),
                                                                   ('Persuasion', '1'),
                                                                   ('Sanditon', '0')]
    assert books[0]['barcodes'] == emma.barcodes[2]


def test_export_is_noted_and_a_look_at_its_head_is_not(site: Site, admin: Person) -> None:
    assert admin.call('HEAD', EXPORT).status_code == 200
    assert site.activity() == []
    admin.get(f'{EXPORT}?format=marcxml')
    row, = site.activity()
    assert (row.action, row.actor_id) == ('catalogue_exported', admin.id)
    assert row.text == 'Exported the catalogue as marcxml'


def test_no_connection_is_held_between_two_parts(site: Site, admin: Person) -> None:
    shelves = Shelves(site)
    for number in range(5):
        shelves.book(f'Book {number}')
    parts = SqlExportedBooks(site.house.kernel.read).parts(at_most=2)
    assert [book.title for book in next(parts)] == ['Book 0', 'Book 1']
    assert site.house.read_engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    shelves.book('Book 5')
    assert [book.title for part in parts for book in part] == [f'Book {n}' for n in range(2, 6)]
    with recorded(site.house) as sent:
        assert len(catalogue(admin)) == 6
    assert len([one for one in sent if 'library_book_author' in one[0]]) == 2


def test_commands_export_and_import(site: Site, admin: Person, tmp_path: Path) -> None:
    imported(site, admin, table(EMMA))
    told = command(site, 'export', '--format', 'marcxml')
    assert told.exit_code == 0, told.output
    file = tmp_path / 'catalogue.xml'
    file.write_bytes(told.stdout_bytes)
    told = command(site, 'import', str(file), '--format', 'marcxml')
    assert told.exit_code == 0, told.output
    document = json.loads(told.stdout)
    assert (document['state'], document['dry_run'], document['skipped']) == ('done', True, 1)
    told = command(site, 'import', str(file), '--format', 'marcxml', '--commit', '--duplicates',
                   'add_copies')
    assert json.loads(told.stdout)['dry_run'] is False
    assert site.execute('SELECT count(*) FROM procrastinate_jobs')[0][0] == 0
    assert command(site, 'import', str(file)).exit_code == 2


def test_command_imports_a_list_of_isbns(site: Site, tmp_path: Path) -> None:
    file = tmp_path / 'isbns.txt'
    file.write_text('9780000000002\n\n 9780141439587 \n', encoding='utf-8')
    told = command(site, 'import', str(file), '--format', 'isbn', '--commit')
    document = json.loads(told.stdout)
    assert (document['created'], document['failed'], document['total']) == (1, 1, 2)
    actors = {row.actor_id for row in site.activity()}
    assert actors == {None}


def test_command_ends_badly_where_nothing_could_be_read(site: Site, tmp_path: Path) -> None:
    file = tmp_path / 'catalogue.mrc'
    file.write_bytes(b'nothing')
    told = command(site, 'import', str(file), '--format', 'marc')
    assert told.exit_code == 1
    assert json.loads(told.stdout)['state'] == 'failed'
