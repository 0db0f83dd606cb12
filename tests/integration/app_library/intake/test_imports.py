import json
from typing import Any

import pytest

from tests.authors import Person, Site
from tests.intake import (COLUMNS, EMMA, IMPORTS, catalogue, counts, imported, post, problems,
                          table, work)

PERSUASION = {'title': 'Persuasion', 'authors': 'Austen, Jane', 'category': 'novels'}
UNKNOWN = f'{IMPORTS}/01900000-0000-7000-8000-0000000000ff'


def test_imports_are_for_administrators(stranger: Person, ada: Person) -> None:
    for person, status in ((stranger, 401), (ada, 403)):
        for path in (IMPORTS, UNKNOWN, f'{UNKNOWN}/problems', '/v1/library/export',
                     '/v1/library/metadata?isbn=x'):
            assert person.get(path).status_code == status
        assert post(person, 'x', media_type='application/pdf').status_code == status
        assert person.delete(UNKNOWN).status_code == status


def test_import_that_is_none_is_not_found(admin: Person) -> None:
    answers = (admin.get(UNKNOWN), admin.get(f'{UNKNOWN}/problems'), admin.delete(UNKNOWN))
    assert [answer.get_json()['code'] for answer in answers
            if answer.get_json()] == ['import_not_found'] * 3
    assert {answer.status_code for answer in answers} == {404}


def test_import_makes_books_with_authors_category_and_copies(site: Site, admin: Person) -> None:
    found = imported(site, admin, table({**EMMA, 'copies': '2', 'barcodes': 'A-1'}, PERSUASION))
    assert (found['state'], found['total'], found['processed']) == ('done', 2, 2)
    assert counts(found) == (2, 0, 0, 0) and found['problems'] == []
    book, other = catalogue(admin)
    assert (book['title'], book['authors'], book['category']) == ('Emma', 'Austen, Jane', 'Novels')
    assert (book['isbn'], book['copies'], other['copies']) == ('9780141439587', '2', '1')
    assert book['barcodes'].startswith('A-1;')
    # Found without regard to case, else made.
    assert other['category'] == 'Novels'
    assert site.execute('SELECT count(*) FROM library_author')[0][0] == 1


def test_answer_tells_where_the_import_is(site: Site, admin: Person) -> None:
    answer = post(admin, table(EMMA), query='')
    assert (answer.status_code,
            answer.headers['Location']) == (202, f'{IMPORTS}/{answer.get_json()["id"]}')
    told = answer.get_json()
    assert (told['state'], told['format'], told['dry_run'], told['duplicates'], told['total'],
            told['finished_at']) == ('queued', 'csv', True, 'skip', 1, None)
    assert [one['id'] for one in admin.get(IMPORTS).get_json()['imports']] == [told['id']]
    work(site)
    done = admin.get(answer.headers['Location']).get_json()
    assert (done['state'], done['finished_at'] is None) == ('done', False)
    assert site.execute('SELECT count(*) FROM library_import_file')[0][0] == 0


def test_same_key_is_one_import(site: Site, admin: Person) -> None:
    ids = {
        admin.post(IMPORTS, data=table(EMMA), content_type='text/csv',
                   headers={'Idempotency-Key': 'k'}).get_json()['id']
        for _ in range(2)
    }  # yapf: disable
    assert len(ids) == 1
    assert site.execute('SELECT count(*) FROM library_import')[0][0] == 1


@pytest.mark.parametrize('media_type', ['application/pdf', 'application/xml', 'text/plain', ''])
def test_other_media_types_are_refused(admin: Person, media_type: str) -> None:
    answer = post(admin, table(EMMA), media_type=media_type)
    assert (answer.status_code, answer.get_json()['code']) == (415, 'media_type_not_supported')


def test_limits_of_a_file(site: Site, admin: Person) -> None:
    row = b'A,B,C\n'
    head = b'title,authors,category\n'
    answer = post(admin, head + row * 20_001)
    assert (answer.status_code, answer.get_json()['code']) == (413, 'too_many_records')
    answer = post(admin, head + b'x' * 10 * 1024 * 1024)
    assert (answer.status_code, answer.get_json()['code']) == (413, 'body_too_large')
    answer = post(admin, head + row * 20_000)
    assert (answer.status_code, answer.get_json()['total']) == (202, 20_000)
    assert site.execute('SELECT count(*) FROM library_import')[0][0] == 1


@pytest.mark.parametrize('query', ['dry_run=maybe', 'duplicates=replace'])
def test_malformed_query_is_refused(admin: Person, query: str) -> None:
    assert post(admin, table(EMMA), query=query).status_code == 400


@pytest.mark.parametrize('body', [{}, {'isbns': []}, {'isbns': ['x'] * 2001}, {'isbns': [1]},
                                  {'isbns': ['x'], 'id': 'y'}])  # yapf: disable
def test_list_of_isbns_has_its_form(admin: Person, body: Any) -> None:
    answer = post(admin, json.dumps(body), media_type='application/json')
    assert (answer.status_code, answer.get_json()['code']) == (422, 'validation_failed')


def test_file_that_cannot_be_read_fails_as_a_whole(site: Site, admin: Person) -> None:
    found = imported(site, admin, table({'title': 'x'}, columns=('title', 'colour')))
    assert (found['state'], counts(found), found['problems_total']) == ('failed', (0, 0, 0, 0), 1)
    assert problems(found) == [(1, '', 'missing_column')]
    assert catalogue(admin) == []
    xml = '<!DOCTYPE c [<!ENTITY a "b">]><collection>&a;</collection>'
    found = imported(site, admin, xml, media_type='application/marcxml+xml')
    assert (found['state'], problems(found)) == ('failed', [(1, '', 'document_type')])


def test_bad_record_stops_no_other(site: Site, admin: Person) -> None:
    rows = [
        EMMA, {
            **EMMA, 'title': ''
        }, {
            **PERSUASION, 'item_type': 'scroll',
            'year': '1818'
        }, {
            **PERSUASION, 'barcodes': 'A'
        }, {
            **PERSUASION, 'title': 'Sanditon',
            'barcodes': 'A'
        }
    ]
    found = imported(site, admin, table(*rows))
    assert (found['state'], counts(found)) == ('done', (2, 0, 0, 3))
    assert problems(found) == [(3, '/title', 'required'), (4, '/item_type', 'unknown'),
                               (6, '/barcodes/0', 'barcode_taken')]


def test_problems_are_paged_by_row(site: Site, admin: Person) -> None:
    rows = [{**EMMA, 'title': '', 'isbn': f'no {number}'} for number in range(60)]
    found = imported(site, admin, table(*rows))
    assert (len(found['problems']), found['problems_total'], found['failed']) == (100, 120, 60)
    path = f'{IMPORTS}/{found["id"]}/problems?limit=50'
    gathered: list[Any] = []
    cursor: str | None = ''
    while cursor is not None:
        page = admin.get(path + cursor).get_json()
        gathered += page['problems']
        cursor = page['next'] and f'&cursor={page["next"]}'
    assert [one['row'] for one in gathered] == sorted([*range(2, 62)] * 2)
    assert gathered[:100] == found['problems']
    assert admin.get(f'{path}&sort=code_asc').get_json()['code'] == 'bad_request'
    assert admin.get(f'{path}&sort_options=only').get_json()['sort'] == 'row_asc'
    assert admin.get(f'{IMPORTS}?sort=state_asc').get_json()['code'] == 'bad_request'


def test_inactive_parents_take_no_new_book(site: Site, admin: Person) -> None:
    imported(site, admin, table(EMMA))
    site.execute('UPDATE library_category SET deactivated_at = now()')
    site.execute('UPDATE library_author SET deactivated_at = now()')
    found = imported(site, admin, table(PERSUASION))
    assert problems(found) == [(2, '/category', 'parent_inactive'),
                               (2, '/authors/0', 'parent_inactive')]


def test_import_is_told_in_the_name_of_who_began_it(site: Site, admin: Person) -> None:
    imported(site, admin, table(EMMA))
    told = {row.action: row for row in site.activity()}
    assert {
        'import_started', 'import_finished', 'book_created', 'author_created', 'category_created',
        'copy_added'
    } <= set(told)
    assert {row.actor_id for row in told.values()} == {admin.id}
    assert told['import_finished'].text == ('The import of books (csv) is done: 1 new, 0 changed')
    assert {row.area for row in told.values()} == {'library'}


def test_columns_of_the_export_are_those_of_the_import(admin: Person) -> None:
    assert admin.get('/v1/library/export').text == ','.join(COLUMNS) + '\r\n'
