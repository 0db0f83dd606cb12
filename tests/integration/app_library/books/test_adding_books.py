from datetime import UTC, datetime

import pytest

from tests.authors import Person
from tests.integration.app_library.books.catalogue import BOOKS, Catalogue, done, made, refused

THIS_YEAR = datetime.now(UTC).year


def test_a_stranger_adds_no_book(stranger: Person, ada: Person) -> None:
    assert stranger.post(BOOKS, json={}).status_code == 401
    refused(ada.post(BOOKS, json={}), 403, 'not_permitted')


def test_a_book_has_all_that_it_was_given(catalogue: Catalogue) -> None:
    translator = catalogue.author('Kilpi', 'Eeva')
    answer = catalogue.post(title='  Emma ',
                            subtitle='A novel',
                            authors=[{
                                'author_id': translator,
                                'role': 'translator'
                            }, {
                                'author_id': catalogue.author_id
                            }, {
                                'author_id': catalogue.author_id,
                                'role': 'editor'
                            }],
                            item_type='novel',
                            description='Handsome,\nclever and rich.',
                            isbn='0-306-40615-2',
                            publisher='John Murray',
                            year=1815,
                            language='EN-gb',
                            number_owned=3)
    book = made(answer)
    assert answer.headers['Location'] == f"{BOOKS}/{book['id']}"
    assert answer.headers['ETag'].startswith('"v1.')
    assert {
        name: value
        for name, value in book.items() if name not in ('id', 'created_at', 'updated_at')
    } == {
        'title':
        'Emma',
        'subtitle':
        'A novel',
        'authors': [{
            'id': translator,
            'full_name': 'Eeva Kilpi',
            'role': 'translator',
            'active': True
        }, {
            'id': catalogue.author_id,
            'full_name': 'Jane Austen',
            'role': 'author',
            'active': True
        }, {
            'id': catalogue.author_id,
            'full_name': 'Jane Austen',
            'role': 'editor',
            'active': True
        }],
        'category': {
            'id': catalogue.category_id,
            'name': 'Novels',
            'active': True
        },
        'item_type':
        'novel',
        'description':
        'Handsome,\nclever and rich.',
        'isbn13':
        '9780306406157',
        'isbn10':
        '0306406152',
        'publisher':
        'John Murray',
        'year':
        1815,
        'language':
        'en-GB',
        'cover':
        None,
        'number_owned':
        3,
        'available_copies':
        3,
        'loans_count':
        0,
        'active_loans_count':
        0,
        'holds_count':
        0,
        'active':
        True,
        'deactivated_at':
        None,
        'my_loan_id':
        None,
        'my_favourite_id':
        None,
        'my_hold_id':
        None,
        'version':
        1
    }
    assert book == done(catalogue.admin.get(f"{BOOKS}/{book['id']}"))


def test_what_is_not_given_is_empty(catalogue: Catalogue) -> None:
    book = catalogue.book()
    assert (book['item_type'], book['description'], book['number_owned']) == ('regular', '', 1)
    for name in ('subtitle', 'isbn13', 'isbn10', 'publisher', 'year', 'language', 'cover'):
        assert book[name] is None
    blank = catalogue.book(subtitle=' ', publisher='', isbn='', language='')
    assert {blank[name] for name in ('subtitle', 'publisher', 'isbn13', 'language')} == {None}


@pytest.mark.parametrize('number', [0, 200])
def test_as_many_copies_are_made_as_are_owned(catalogue: Catalogue, number: int) -> None:
    book = catalogue.book(number_owned=number)
    assert (book['number_owned'], book['available_copies']) == (number, number)
    listed = catalogue.site.execute('SELECT count(DISTINCT barcode) FROM library_copy')
    assert listed[0][0] == number


def test_an_isbn_names_one_book(catalogue: Catalogue) -> None:
    book = catalogue.book(isbn='978-0-306-40615-7')
    problem = refused(catalogue.post(title='Other', isbn='0306406152'), 409, 'isbn_taken')
    assert problem['book_id'] == book['id']
    assert catalogue.site.execute('SELECT count(*) FROM library_book')[0][0] == 1


def test_a_new_book_needs_active_parents(catalogue: Catalogue) -> None:
    catalogue.admin.post(f'/v1/library/categories/{catalogue.category_id}/deactivate')
    catalogue.admin.post(f'/v1/library/authors/{catalogue.author_id}/deactivate')
    problem = refused(catalogue.post(), 409, 'parent_inactive')
    assert problem['inactive'] == [{
        'type': 'category',
        'id': catalogue.category_id,
        'name': 'Novels'
    }, {
        'type': 'author',
        'id': catalogue.author_id,
        'name': 'Jane Austen'
    }]


def test_the_activity_tells_of_the_book_and_its_copies(catalogue: Catalogue) -> None:
    before = len(catalogue.told())
    catalogue.book(number_owned=2)
    barcodes = [
        row.barcode
        for row in catalogue.site.execute('SELECT barcode FROM library_copy ORDER BY id')
    ]
    assert sorted(catalogue.told()[before:]) == [
        ('book_created', 'Added the book “Emma”'), *sorted(
            ('copy_added', f'Added the copy {barcode} of “Emma”') for barcode in barcodes)
    ]
