from typing import Any

import pytest

from tests.authors import Site
from tests.integration.app_library.books.catalogue import (BOOKS, COPIES, Catalogue, done, faults,
                                                           made, refused)


@pytest.fixture(name='book')
def make_book(catalogue: Catalogue) -> dict[str, Any]:
    return catalogue.book()


@pytest.fixture(name='copy')
def find_copy(catalogue: Catalogue, book: dict[str, Any]) -> dict[str, Any]:
    return catalogue.copies(book)[0]


def path_of(copy: dict[str, Any]) -> str:
    return f"{COPIES}/{copy['id']}"


@pytest.mark.parametrize(('status', 'owned', 'free'), [('available', 1, 1), ('in_repair', 1, 0),
                                                       ('lost', 0, 0), ('withdrawn', 0, 0)])
def test_where_a_copy_is_decides_what_is_owned(catalogue: Catalogue, book: dict[str, Any],
                                               copy: dict[str, Any], status: str, owned: int,
                                               free: int) -> None:
    done(catalogue.admin.patch(path_of(copy), json={'status': status}))
    shown = catalogue.now(book)
    assert (shown['number_owned'], shown['available_copies'], shown['version']) == (owned, free, 1)


@pytest.mark.parametrize('status', ['on_loan', 'on_hold_shelf'])
def test_only_the_desk_circulates_a_copy(catalogue: Catalogue, site: Site, copy: dict[str, Any],
                                         status: str) -> None:
    admin = catalogue.admin
    assert faults(admin.patch(path_of(copy), json={'status':
                                                   status})) == [('/status', 'not_an_option')]
    site.execute('UPDATE library_copy SET status = :status', status=status)
    for asked in ('available', 'in_repair', 'lost', 'withdrawn'):
        refused(admin.patch(path_of(copy), json={'status': asked}), 409, 'copy_in_use')
    changed = done(admin.patch(path_of(copy), json={'note': 'Torn', 'barcode': 'B-2'}))
    assert (changed['status'], changed['note'], changed['barcode']) == (status, 'Torn', 'B-2')


@pytest.mark.parametrize('was', ['in_repair', 'lost', 'withdrawn'])
def test_a_copy_that_is_back_goes_to_who_waits(catalogue: Catalogue, site: Site, was: str) -> None:
    book = catalogue.book(title='Persuasion', number_owned=2)
    out, kept = catalogue.copies(book)
    done(catalogue.admin.patch(path_of(kept), json={'status': was}))
    catalogue.borrow(book, site.member('ada'))
    hold = catalogue.wait(book, site.member('ben'))
    assert hold['state'] == 'waiting'
    back = done(catalogue.admin.patch(path_of(kept), json={'status': 'available'}))
    assert back['status'] == 'on_hold_shelf'
    row = site.execute('SELECT state, copy_id FROM library_hold')[0]
    assert (row.state, str(row.copy_id)) == ('ready', kept['id'])
    assert done(catalogue.admin.get(path_of(out)))['status'] == 'on_loan'
    assert catalogue.told()[-1][0] == 'hold_ready'


def test_a_further_copy_goes_to_who_waits(catalogue: Catalogue, site: Site,
                                          book: dict[str, Any]) -> None:
    catalogue.borrow(book, site.member('ada'))
    catalogue.wait(book, site.member('ben'))
    copy = made(catalogue.admin.post(f"{BOOKS}/{book['id']}/copies"))
    assert copy['status'] == 'on_hold_shelf'
