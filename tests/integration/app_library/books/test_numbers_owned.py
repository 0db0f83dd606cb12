from collections import Counter

import pytest

from tests.authors import Site
from tests.integration.app_library.books.catalogue import Catalogue, done, faults, refused


def statuses(site: Site) -> dict[str, int]:
    return Counter(row.status for row in site.execute('SELECT status FROM library_copy'))


def test_more_are_acquired(catalogue: Catalogue, site: Site) -> None:
    book = catalogue.book(number_owned=1)
    edited = catalogue.edited(book, number_owned=4)
    assert (edited['number_owned'], edited['available_copies'], edited['version']) == (4, 4, 2)
    assert statuses(site) == {'available': 4}
    told = site.activity()[-4:]
    assert Counter(row.action for row in told) == {'copy_added': 3, 'book_updated': 1}
    changes, = (row.changes for row in told if row.action == 'book_updated')
    assert changes == {'number_owned': {'before': 1, 'after': 4}}


def test_fewer_are_withdrawn_and_none_is_deleted(catalogue: Catalogue, site: Site) -> None:
    book = catalogue.book(number_owned=4)
    edited = catalogue.edited(book, number_owned=1)
    assert (edited['number_owned'], edited['available_copies']) == (1, 1)
    assert statuses(site) == {'available': 1, 'withdrawn': 3}
    none = catalogue.edited(edited, number_owned=0)
    assert (none['number_owned'], none['available_copies']) == (0, 0)
    assert statuses(site) == {'withdrawn': 4}


def test_what_is_worth_least_goes_first(catalogue: Catalogue, site: Site) -> None:
    book = catalogue.book(number_owned=0)
    for condition in ('good', 'damaged', 'new', 'worn'):
        catalogue.admin.post(f"/v1/library/books/{book['id']}/copies",
                             json={'condition': condition})
    catalogue.edited(book, number_owned=2)
    kept = site.execute("SELECT condition FROM library_copy WHERE status = 'available'")
    assert {row.condition for row in kept} == {'good', 'new'}


@pytest.mark.parametrize('status', ['on_loan', 'on_hold_shelf', 'in_repair'])
def test_only_what_is_available_is_withdrawn(catalogue: Catalogue, site: Site,
                                             status: str) -> None:
    book = catalogue.book(number_owned=3)
    site.execute(
        'UPDATE library_copy SET status = :status WHERE id IN '
        '(SELECT id FROM library_copy ORDER BY id LIMIT 2)',
        status=status)
    problem = refused(catalogue.patch(book, title='Ema', number_owned=1), 409, 'copies_in_use')
    assert problem['available'] == 1
    assert catalogue.now(book)['title'] == 'Emma'
    assert statuses(site) == {status: 2, 'available': 1}
    assert catalogue.edited(book, number_owned=2)['number_owned'] == 2


def test_lost_and_withdrawn_copies_are_not_owned(catalogue: Catalogue, site: Site) -> None:
    book = catalogue.book(number_owned=3)
    site.execute("UPDATE library_copy SET status = 'lost' WHERE id IN "
                 '(SELECT id FROM library_copy ORDER BY id LIMIT 2)')
    assert catalogue.now(book)['number_owned'] == 1
    assert catalogue.edited(book, number_owned=2)['number_owned'] == 2
    assert statuses(site) == {'lost': 2, 'available': 2}


def test_a_new_copy_goes_to_the_first_who_waits(catalogue: Catalogue, site: Site) -> None:
    book = catalogue.book()
    catalogue.borrow(book, site.member('ada'))
    first = catalogue.wait(book, site.member('ben'))
    second = catalogue.wait(book, site.member('eve'))
    edited = catalogue.edited(catalogue.now(book), number_owned=2)
    assert edited['available_copies'] == 0
    states = {str(row.id): row.state for row in site.execute('SELECT id, state FROM library_hold')}
    assert states == {first['id']: 'ready', second['id']: 'waiting'}


def test_who_waits_is_served_before_anything_is_withdrawn(catalogue: Catalogue,
                                                          site: Site) -> None:
    book = catalogue.book()
    catalogue.keep(book, site.member('ada'))
    catalogue.wait(book, site.member('ben'))
    site.execute("UPDATE library_hold SET ready_until = now() - interval '1 minute' "
                 "WHERE state = 'ready'")
    refused(catalogue.patch(catalogue.now(book), number_owned=0), 409, 'copies_in_use')


def test_a_number_of_copies_is_a_whole_one(catalogue: Catalogue) -> None:
    book = catalogue.book()
    for number, fault in ((-1, 'too_small'), (201, 'too_large'), (1.5, 'wrong_type'),
                          (None, 'wrong_type'), ('2', 'wrong_type')):
        assert faults(catalogue.patch(book, number_owned=number)) == [('/number_owned', fault)]


def test_two_editors_do_not_count_against_one_another(catalogue: Catalogue) -> None:
    book = catalogue.book(number_owned=5)
    done(catalogue.patch(book, number_owned=3))
    refused(catalogue.patch(book, number_owned=4), 412, 'version_mismatch')
