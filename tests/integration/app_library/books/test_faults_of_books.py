from datetime import UTC, datetime
from typing import Any

import pytest

from tests.integration.app_library.books.catalogue import NOBODY, Catalogue, faults

THIS_YEAR = datetime.now(UTC).year


@pytest.mark.parametrize(('field', 'value', 'fault'), [
    ('title', ' ', ('/title', 'too_short')),
    ('title', 'a' * 256, ('/title', 'too_long')),
    ('title', None, ('/title', 'wrong_type')),
    ('title', 'a\tb', ('/title', 'control_character')),
    ('subtitle', 'a' * 256, ('/subtitle', 'too_long')),
    ('authors', [], ('/authors', 'too_few')),
    ('category_id', 'novels', ('/category_id', 'wrong_type')),
    ('category_id', NOBODY, ('/category_id', 'unknown')),
    ('item_type', 'Novel', ('/item_type', 'wrong_form')),
    ('item_type', 'comic', ('/item_type', 'unknown')),
    ('description', 'a' * 20_001, ('/description', 'too_long')),
    ('description', None, ('/description', 'wrong_type')),
    ('isbn', '9780306406158', ('/isbn', 'wrong_check_digit')),
    ('isbn', '97803064061', ('/isbn', 'wrong_form')),
    ('isbn', 9780306406157, ('/isbn', 'wrong_type')),
    ('publisher', 'a' * 201, ('/publisher', 'too_long')),
    ('year', 999, ('/year', 'too_small')),
    ('year', THIS_YEAR + 3, ('/year', 'too_large')),
    ('year', '1815', ('/year', 'wrong_type')),
    ('language', 'english_', ('/language', 'wrong_form')),
    ('language', 'en-' + 'a-' * 17, ('/language', 'too_long')),
    ('cover_image_id', NOBODY, ('/cover_image_id', 'unknown')),
    ('number_owned', -1, ('/number_owned', 'too_small')),
    ('number_owned', 201, ('/number_owned', 'too_large')),
    ('id', NOBODY, ('/id', 'unknown_key')),
    ('version', 1, ('/version', 'unknown_key')),
])
def test_a_fault_is_named_where_it_stands(catalogue: Catalogue, field: str, value: Any,
                                          fault: tuple[str, str]) -> None:
    assert faults(catalogue.post(**{field: value})) == [fault]
    assert catalogue.site.execute('SELECT count(*) FROM library_book')[0][0] == 0


def test_the_bounds_are_accepted(catalogue: Catalogue) -> None:
    book = catalogue.book(title='a' * 255,
                          subtitle='b' * 255,
                          description='c' * 20_000,
                          publisher='d' * 200,
                          language='en-x-' + '-'.join(['abcdefg'] * 3) + '-abcdef',
                          year=THIS_YEAR + 1,
                          authors=[{
                              'author_id': catalogue.author(f'Author {number}')
                          } for number in range(20)])
    assert (book['year'], len(book['authors'])) == (THIS_YEAR + 1, 20)
    assert catalogue.book(year=1000)['year'] == 1000
    many = [{'author_id': catalogue.author_id, 'role': 'editor'}] * 21
    assert faults(catalogue.post(authors=many)) == [('/authors', 'too_many')]


def test_all_that_is_unknown_is_named_at_once(catalogue: Catalogue) -> None:
    answer = catalogue.post(authors=[{
        'author_id': catalogue.author_id
    }, {
        'author_id': NOBODY
    }],
                            category_id=NOBODY,
                            item_type='comic',
                            cover_image_id=NOBODY)
    assert faults(answer) == [('/authors/1/author_id', 'unknown'), ('/category_id', 'unknown'),
                              ('/item_type', 'unknown'), ('/cover_image_id', 'unknown')]


def test_nobody_has_one_part_twice(catalogue: Catalogue) -> None:
    part = {'author_id': catalogue.author_id, 'role': 'editor'}
    assert faults(catalogue.post(authors=[part, part])) == [('/authors/1', 'duplicate')]
    odd = {'author_id': catalogue.author_id, 'role': 'reader'}
    assert faults(catalogue.post(authors=[odd])) == [('/authors/0/role', 'not_an_option')]
