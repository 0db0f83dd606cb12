from typing import Any

import pytest

from tests.authors import Person
from tests.integration.app_library.books.catalogue import (BOOKS, COPIES, NOBODY, Catalogue, done,
                                                           faults, made, refused)


@pytest.fixture(name='book')
def make_book(catalogue: Catalogue) -> dict[str, Any]:
    return catalogue.book()


@pytest.fixture(name='copy')
def find_copy(catalogue: Catalogue, book: dict[str, Any]) -> dict[str, Any]:
    return catalogue.copies(book)[0]


def path_of(copy: dict[str, Any]) -> str:
    return f"{COPIES}/{copy['id']}"


def test_copies_are_for_the_staff(book: dict[str, Any], copy: dict[str, Any], stranger: Person,
                                  ada: Person) -> None:
    for path in (COPIES, path_of(copy), f"{BOOKS}/{book['id']}/copies"):
        assert stranger.get(path).status_code == 401
        refused(ada.get(path), 403, 'not_permitted')
    refused(ada.post(f"{BOOKS}/{book['id']}/copies", json={}), 403, 'not_permitted')
    refused(ada.patch(path_of(copy), json={'status': 'lost'}), 403, 'not_permitted')


def test_a_copy_has_all_that_it_was_given(catalogue: Catalogue, book: dict[str, Any]) -> None:
    answer = catalogue.admin.post(f"{BOOKS}/{book['id']}/copies",
                                  json={
                                      'barcode': 'LIB-0042',
                                      'condition': 'worn',
                                      'note': 'A stain\non page 3'
                                  })
    copy = made(answer)
    assert answer.headers['Location'] == path_of(copy)
    assert copy == done(catalogue.admin.get(path_of(copy))) == {
        'id': copy['id'],
        'book': {
            'id': book['id'],
            'title': 'Emma',
            'active': True,
            'cover': None
        },
        'barcode': 'LIB-0042',
        'condition': 'worn',
        'note': 'A stain\non page 3',
        'status': 'available',
        'created_at': copy['created_at'],
        'updated_at': copy['created_at']
    }
    assert catalogue.now(book)['number_owned'] == 2
    assert catalogue.told()[-1] == ('copy_added', 'Added the copy LIB-0042 of “Emma”')


def test_a_copy_needs_nothing(catalogue: Catalogue, book: dict[str, Any]) -> None:
    path = f"{BOOKS}/{book['id']}/copies"
    one, two = made(catalogue.admin.post(path)), made(catalogue.admin.post(path, json={}))
    assert one['barcode'] != two['barcode']
    assert (one['condition'], one['note'], one['status']) == ('good', '', 'available')


def test_a_barcode_that_was_given_by_hand_is_not_given_again(catalogue: Catalogue, book: dict[str,
                                                                                              Any],
                                                             copy: dict[str, Any]) -> None:
    path = f"{BOOKS}/{book['id']}/copies"
    taken = [f"{int(copy['barcode']) + ahead:08d}" for ahead in (1, 2, 4)]
    for barcode in taken:
        made(catalogue.admin.post(path, json={'barcode': barcode}))
    catalogue.edited(book, number_owned=7)
    barcodes = [shown['barcode'] for shown in catalogue.copies(book)]
    assert len(set(barcodes)) == 7 and set(taken) < set(barcodes)


@pytest.mark.parametrize(('field', 'value', 'fault'), [
    ('barcode', '', 'wrong_form'),
    ('barcode', 'a1', 'wrong_form'),
    ('barcode', 'A 1', 'wrong_form'),
    ('barcode', 'A1\n', 'wrong_form'),
    ('barcode', 'A' * 33, 'wrong_form'),
    ('condition', 'torn', 'not_an_option'),
    ('note', 'a' * 501, 'too_long'),
    ('note', None, 'wrong_type'),
    ('book_id', NOBODY, 'unknown_key'),
])
def test_a_fault_is_named_where_it_stands(catalogue: Catalogue, book: dict[str, Any],
                                          copy: dict[str, Any], field: str, value: Any,
                                          fault: str) -> None:
    sent = {field: value}
    path = f"{BOOKS}/{book['id']}/copies"
    for answer in (catalogue.admin.post(path,
                                        json=sent), catalogue.admin.patch(path_of(copy),
                                                                          json=sent)):
        assert faults(answer) == [(f'/{field}', fault)]


def test_no_two_copies_have_one_barcode(catalogue: Catalogue, book: dict[str, Any],
                                        copy: dict[str, Any]) -> None:
    other = catalogue.book(title='Other')
    path = f"{BOOKS}/{other['id']}/copies"
    sent = {'barcode': copy['barcode']}
    refused(catalogue.admin.post(path, json=sent), 409, 'barcode_taken')
    refused(catalogue.admin.patch(path_of(catalogue.copies(other)[0]), json=sent), 409,
            'barcode_taken')
    assert done(catalogue.admin.patch(path_of(copy), json=sent)) == copy
    assert catalogue.now(book)['number_owned'] == catalogue.now(other)['number_owned'] == 1


def test_what_is_not_there(catalogue: Catalogue) -> None:
    admin = catalogue.admin
    refused(admin.get(f'{COPIES}/{NOBODY}'), 404, 'copy_not_found')
    refused(admin.patch(f'{COPIES}/{NOBODY}', json={'note': ''}), 404, 'copy_not_found')
    refused(admin.get(f'{BOOKS}/{NOBODY}/copies'), 404, 'book_not_found')
    refused(admin.post(f'{BOOKS}/{NOBODY}/copies'), 404, 'book_not_found')


def test_a_copy_is_found_by_its_barcode(catalogue: Catalogue, copy: dict[str, Any]) -> None:
    catalogue.book(title='Other', number_owned=2)

    def found(**query: str) -> list[dict[str, Any]]:
        answer = done(catalogue.admin.get(COPIES, query_string=query))
        listed: list[dict[str, Any]] = answer['copies']
        return listed

    assert found(barcode=copy['barcode']) == [copy]
    assert not found(barcode='NONE')
    assert len(found()) == 3


def test_copies_are_listed_one_page_after_the_other(catalogue: Catalogue) -> None:
    book = catalogue.book(title='Other', number_owned=3)
    path = f"{BOOKS}/{book['id']}/copies"
    first = done(catalogue.admin.get(path, query_string={'limit': 2}))
    rest = done(catalogue.admin.get(path, query_string={'limit': 2, 'cursor': first['next']}))
    assert (len(first['copies']), len(rest['copies']), rest['next']) == (2, 1, None)
    assert first['copies'] + rest['copies'] == catalogue.copies(book)
    options = done(catalogue.admin.get(path, query_string={'sort_options': 'only'}))
    assert options['sort'] == 'id_asc'


def test_the_staff_changes_a_copy(catalogue: Catalogue, copy: dict[str, Any]) -> None:
    changed = done(
        catalogue.admin.patch(path_of(copy),
                              json={
                                  'barcode': 'A-1',
                                  'condition': 'damaged',
                                  'status': 'in_repair'
                              }))
    assert (changed['barcode'], changed['condition'], changed['status'],
            changed['note']) == ('A-1', 'damaged', 'in_repair', '')
    row = catalogue.site.activity()[-1]
    assert (row.action, row.text) == ('copy_updated', 'Changed the copy A-1 of “Emma”')
    assert row.changes == {
        'barcode': {
            'before': copy['barcode'],
            'after': 'A-1'
        },
        'condition': {
            'before': 'good',
            'after': 'damaged'
        },
        'status': {
            'before': 'available',
            'after': 'in_repair'
        }
    }
