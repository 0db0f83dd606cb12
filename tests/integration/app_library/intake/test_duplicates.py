import pytest

from tests.authors import Person, Site
from tests.intake import EMMA, catalogue, counts, imported, problems, table

BARE = {'title': 'Emma', 'authors': 'Austen, Jane', 'category': 'Novels', 'year': '1816'}


@pytest.mark.parametrize('dry_run', ['true', 'false'])
def test_title_with_the_isbn_is_a_duplicate(site: Site, admin: Person, dry_run: str) -> None:
    imported(site, admin, table(EMMA))
    same = {**EMMA, 'title': 'Another', 'isbn': '0-14-143958-0'}
    found = imported(site, admin, table(same), query=f'dry_run={dry_run}')
    assert counts(found) == (0, 0, 1, 0)


@pytest.mark.parametrize(('changes', 'created'), [
    ({}, 0),
    ({'title': 'EMMA'}, 0),
    ({'authors': 'AUSTEN, jane; Bell|editor'}, 0),
    ({'authors': 'Bell; Austen, Jane'}, 1),
    ({'year': '1815'}, 1),
    ({'year': ''}, 1),
    ({'title': 'Émma'}, 1),
    ({'isbn': '9780141439587'}, 1),
])  # yapf: disable
def test_without_isbn_title_first_author_and_year_tell(site: Site, admin: Person,
                                                       changes: dict[str,
                                                                     str], created: int) -> None:
    imported(site, admin, table(BARE))
    found = imported(site, admin, table({**BARE, **changes}))
    assert counts(found) == (created, 0, 1 - created, 0)


def test_update_says_of_the_title_what_the_record_says(site: Site, admin: Person) -> None:
    imported(site, admin, table({**EMMA, 'publisher': 'Murray', 'barcodes': 'A-1'}))
    row = {**EMMA, 'title': 'Emma, again', 'category': 'Classics', 'authors': 'Bell|editor',
           'barcodes': 'A-1;B-1'}  # yapf: disable
    found = imported(site, admin, table(row), query='dry_run=false&duplicates=update')
    assert counts(found) == (0, 1, 0, 0)
    book, = catalogue(admin)
    assert (book['title'], book['category'], book['authors']) == ('Emma, again', 'Classics',
                                                                  'Bell|editor')
    # What the record is silent about stays, and so do the copies.
    assert (book['publisher'], book['barcodes']) == ('Murray', 'A-1')
    assert problems(found) == [(2, '/barcodes/1', 'not_taken')]


def test_copies_are_added_once(site: Site, admin: Person) -> None:
    query = 'dry_run=false&duplicates=add_copies'
    imported(site, admin, table({**EMMA, 'barcodes': 'A-1'}))
    more = table({**EMMA, 'barcodes': 'A-1;A-2'})
    assert counts(imported(site, admin, more, query=query)) == (0, 1, 0, 0)
    assert counts(imported(site, admin, more, query=query)) == (0, 0, 1, 0)
    assert catalogue(admin)[0]['barcodes'] == 'A-1;A-2'
    assert counts(imported(site, admin, table(EMMA), query=query)) == (0, 1, 0, 0)
    assert catalogue(admin)[0]['copies'] == '3'


def test_copies_that_are_added_go_to_those_who_wait(site: Site, admin: Person) -> None:
    imported(site, admin, table({**EMMA, 'copies': '0'}))
    ben = site.member('waits')
    book_id = site.execute('SELECT id FROM library_book')[0][0]
    answer = ben.post('/v1/library/holds', json={'book_id': str(book_id)})
    assert answer.status_code == 201, answer.text
    imported(site, admin, table({**EMMA, 'barcodes': 'A-1'}),
             query='dry_run=false&duplicates=add_copies')  # yapf: disable
    assert site.execute('SELECT state, barcode FROM library_hold JOIN library_copy '
                        'ON library_copy.id = copy_id')[0] == ('ready', 'A-1')


def test_barcodes_of_the_file_are_given_to_no_other_copy(site: Site, admin: Person) -> None:
    first = site.execute("SELECT last_value + is_called::integer FROM library_barcode")[0][0]
    named = f'{first:08d}'
    later = {**BARE, 'title': 'Persuasion', 'barcodes': named}
    found = imported(site, admin, table(EMMA, later))
    assert counts(found) == (2, 0, 0, 0)
    assert catalogue(admin)[1]['barcodes'] == named
