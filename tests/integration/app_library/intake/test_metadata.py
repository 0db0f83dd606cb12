import json

import pytest

from tests.authors import Person, Site
from tests.intake import EMMA, METADATA, catalogue, counts, imported, problems, table

KNOWN, DOWN = '9780000000002', '9780000000019'


def test_known_book_is_told(admin: Person) -> None:
    for written in (KNOWN, '978-0-00-000000-2'):
        answer = admin.get(f'{METADATA}?isbn={written}')
        assert answer.status_code == 200
        assert answer.get_json() == {
            'isbn13': KNOWN, 'title': 'The Lighthouse Almanac', 'subtitle': None,
            'authors': ['Ada Example'], 'publisher': None, 'year': 2001, 'language': 'en',
            'description': None, 'source': 'fake'
        }  # yapf: disable
        assert admin.get(f'{METADATA}?isbn={written}',
                         if_none_match=answer.headers['ETag']).status_code == 304


@pytest.mark.parametrize(('isbn', 'code'), [('9780000000003', 'wrong_check_digit'),
                                            ('12', 'wrong_form'), ('', 'too_short')])
def test_malformed_isbn_is_refused(admin: Person, isbn: str, code: str) -> None:
    answer = admin.get(f'{METADATA}?isbn={isbn}')
    assert (answer.status_code, answer.get_json()['code']) == (400, 'bad_request')
    assert [(one['pointer'], one['code'])
            for one in answer.get_json()['errors']] == [('/isbn', code)]
    assert admin.get(METADATA).status_code == 400


def test_miss_and_failure(admin: Person) -> None:
    answer = admin.get(f'{METADATA}?isbn=9780141439587')
    assert (answer.status_code, answer.get_json()['code']) == (404, 'metadata_not_found')
    answer = admin.get(f'{METADATA}?isbn={DOWN}')
    assert (answer.status_code, answer.get_json()['code']) == (503, 'metadata_unavailable')
    assert answer.headers['Retry-After'] == '5'


def test_list_of_isbns_is_completed(site: Site, admin: Person) -> None:
    imported(site, admin, table(EMMA))
    isbns = [EMMA['isbn'], KNOWN, DOWN, '9780306406157', 'x']
    found = imported(site, admin, json.dumps({'isbns': isbns}), media_type='application/json')
    assert (found['format'], found['total'], counts(found)) == ('isbn', 5, (1, 0, 1, 3))
    assert problems(found) == [(3, '/isbn', 'metadata_unavailable'),
                               (4, '/isbn', 'metadata_not_found'), (5, '/isbn', 'wrong_form')]
    book = catalogue(admin)[1]
    assert (book['title'], book['authors'], book['category'], book['isbn'],
            book['year']) == ('The Lighthouse Almanac', 'Example, Ada', 'Uncategorised', KNOWN,
                              '2001')
