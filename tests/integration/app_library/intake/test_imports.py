from tests.authors import Person, Site
from tests.intake import EMMA, catalogue, counts, imported, post, problems, table


def test_import_makes_books_with_authors_category_and_copies(site: Site, admin: Person) -> None:
    found = imported(site, admin, table({**EMMA, 'copies': '2', 'barcodes': 'A-1'}))
    assert (found['state'], found['total'], found['processed']) == ('done', 1, 1)
    assert counts(found) == (1, 0, 0, 0) and found['problems'] == []
    book, = catalogue(admin)
    assert (book['title'], book['authors'], book['category']) == ('Emma', 'Austen, Jane', 'Novels')
    assert (book['isbn'], book['copies']) == ('9780141439587', '2')
    assert book['barcodes'].startswith('A-1;')


def test_dry_run_leaves_no_row(site: Site, admin: Person) -> None:
    found = imported(site, admin, table(EMMA, EMMA), query='')
    assert (found['dry_run'], counts(found)) == (True, (1, 0, 1, 0))
    assert catalogue(admin) == []
    assert problems(found) == []
    assert post(admin, '{}', media_type='application/pdf').status_code == 415
