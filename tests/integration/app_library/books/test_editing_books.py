from typing import Any

import pytest

from tests.authors import Person, Site
from tests.integration.app_library.books.catalogue import (BOOKS, NOBODY, Catalogue, done, faults,
                                                           refused)


def stored(site: Site, book: dict[str, Any]) -> Any:
    return site.execute('SELECT * FROM library_book WHERE id = :id', id=book['id'])[0]


def test_a_stranger_edits_no_book(stranger: Person, ada: Person, catalogue: Catalogue) -> None:
    book = catalogue.book()
    path = f"{BOOKS}/{book['id']}"
    assert stranger.patch(path, json={'title': 'Ema'}, if_match='"v1"').status_code == 401
    refused(ada.patch(path, json={'title': 'Ema'}, if_match='"v1"'), 403, 'not_permitted')


def test_an_edit_says_which_version_it_was_decided_on(catalogue: Catalogue) -> None:
    book, admin = catalogue.book(), catalogue.admin
    path = f"{BOOKS}/{book['id']}"
    refused(admin.patch(path, json={'title': 'Ema'}), 428, 'if_match_required')
    etag = admin.get(path).headers['ETag']
    assert done(admin.patch(path, json={'title': 'Ema'}, if_match=etag))['version'] == 2
    answer = admin.patch(path, json={'title': 'Emma'}, if_match=etag)
    refused(answer, 412, 'version_mismatch')
    assert answer.headers['ETag'] == admin.get(path).headers['ETag']
    assert catalogue.now(book)['title'] == 'Ema'
    assert done(admin.patch(path, json={'title': 'Emma'}, if_match='"v2"'))['version'] == 3


def test_a_loan_between_reading_and_saving_disturbs_no_editor(catalogue: Catalogue) -> None:
    book, admin = catalogue.book(), catalogue.admin
    path = f"{BOOKS}/{book['id']}"
    etag = admin.get(path).headers['ETag']
    catalogue.site.execute("UPDATE library_copy SET status = 'on_loan'")
    assert admin.get(path).headers['ETag'] != etag
    assert done(admin.patch(path, json={'title': 'Ema'}, if_match=etag))['title'] == 'Ema'


def test_no_such_book(catalogue: Catalogue) -> None:
    path = f'{BOOKS}/{NOBODY}'
    assert catalogue.admin.patch(path, json={'title': 'Ema'}).status_code == 404
    refused(catalogue.admin.patch(path, json={'title': 'Ema'}, if_match='"v1"'), 404,
            'book_not_found')
    refused(catalogue.admin.post(f'{path}/deactivate'), 404, 'book_not_found')
    refused(catalogue.admin.post(f'{path}/restore'), 404, 'book_not_found')


def test_what_is_absent_stays_and_null_clears(catalogue: Catalogue) -> None:
    book = catalogue.book(subtitle='A novel', isbn='0306406152', publisher='Murray', year=1815)
    edited = catalogue.edited(book, subtitle=None, isbn=None, publisher=None, year=None)
    assert (edited['title'], edited['version']) == ('Emma', 2)
    for name in ('subtitle', 'isbn13', 'isbn10', 'publisher', 'year'):
        assert edited[name] is None
    again = catalogue.edited(edited, year=1816, language='fi', description='Novel', isbn='')
    assert (again['year'], again['language'], again['description']) == (1816, 'fi', 'Novel')


@pytest.mark.parametrize('field', ['title', 'authors', 'category_id', 'item_type', 'description'])
def test_what_a_book_cannot_be_without_is_not_cleared(catalogue: Catalogue, field: str) -> None:
    book = catalogue.book()
    assert faults(catalogue.patch(book, **{field: None})) == [(f'/{field}', 'wrong_type')]
    assert faults(catalogue.patch(book)) == [('', 'empty')]


def test_authors_are_replaced_as_a_whole(catalogue: Catalogue) -> None:
    one, two = catalogue.author('One'), catalogue.author('Two')
    book = catalogue.book(authors=[{'author_id': one}, {'author_id': two, 'role': 'editor'}])

    def edit(*authors: dict[str, str]) -> list[tuple[str, str]]:
        shown = catalogue.edited(catalogue.now(book), authors=list(authors))['authors']
        return [(author['id'], author['role']) for author in shown]

    assert edit({
        'author_id': two,
        'role': 'editor'
    }, {'author_id': one}) == [(two, 'editor'), (one, 'author')]
    assert edit({'author_id': catalogue.author_id}) == [(catalogue.author_id, 'author')]
    assert edit({'author_id': two}, {
        'author_id': two,
        'role': 'illustrator'
    }, {'author_id': catalogue.author_id}) == [(two, 'author'), (two, 'illustrator'),
                                               (catalogue.author_id, 'author')]
    counts = catalogue.site.execute('SELECT author.family_name, figures.books_count, '
                                    'figures.all_books_count FROM library_author AS author '
                                    'JOIN library_author_figures AS figures '
                                    'ON author_id = author.id ORDER BY 1')
    assert [tuple(row) for row in counts] == [('Austen', 1, 1), ('One', 0, 0), ('Two', 1, 1)]


def test_a_book_moves_to_another_category(catalogue: Catalogue) -> None:
    book, other = catalogue.book(), catalogue.category('Classics')
    assert catalogue.edited(book, category_id=other)['category']['name'] == 'Classics'
    counts = catalogue.site.execute('SELECT books_count FROM library_category_figures '
                                    'JOIN library_category ON id = category_id ORDER BY name')
    assert [row.books_count for row in counts] == [1, 0]


def test_what_is_unknown_changes_nothing(catalogue: Catalogue) -> None:
    book = catalogue.book()
    assert faults(catalogue.patch(book, title='Ema',
                                  category_id=NOBODY)) == [('/category_id', 'unknown')]
    assert faults(catalogue.patch(book, authors=[{
        'author_id': NOBODY
    }])) == [('/authors/0/author_id', 'unknown')]
    part = {'author_id': catalogue.author_id}
    assert faults(catalogue.patch(book, authors=[part, part])) == [('/authors/1', 'duplicate')]
    assert faults(catalogue.patch(book, year=9999)) == [('/year', 'too_large')]
    assert catalogue.now(book) == book


def test_an_isbn_stays_that_of_one_book(catalogue: Catalogue) -> None:
    book, other = catalogue.book(isbn='0306406152'), catalogue.book(title='Other')
    problem = refused(catalogue.patch(other, isbn='9780306406157'), 409, 'isbn_taken')
    assert problem['book_id'] == book['id']
    assert catalogue.edited(book, isbn='9780306406157')['version'] == 1
    freed = catalogue.edited(book, isbn=None)
    assert freed['version'] == 2
    assert catalogue.edited(other, isbn='0306406152')['isbn13'] == '9780306406157'


def test_an_active_book_keeps_to_active_parents(catalogue: Catalogue) -> None:
    book, gone = catalogue.book(), catalogue.author('Gone')
    catalogue.admin.post(f'/v1/library/authors/{gone}/deactivate')
    problem = refused(catalogue.patch(book, authors=[{'author_id': gone}]), 409, 'parent_inactive')
    assert problem['inactive'] == [{'type': 'author', 'id': gone, 'name': 'Gone'}]
    inactive = done(catalogue.turn(book, 'deactivate'))
    assert catalogue.edited(inactive, authors=[{'author_id': gone}])['authors'][0]['id'] == gone


def test_an_edit_to_the_same_is_none(catalogue: Catalogue) -> None:
    book = catalogue.book(subtitle='A novel', year=1815)
    before = len(catalogue.told())
    same = catalogue.edited(book,
                            title=' Emma',
                            subtitle='A novel',
                            year=1815,
                            authors=[{
                                'author_id': catalogue.author_id,
                                'role': 'author'
                            }],
                            number_owned=1)
    assert same == book
    assert len(catalogue.told()) == before


def test_the_activity_tells_what_changed(catalogue: Catalogue) -> None:
    book = catalogue.book(subtitle='A novel')
    catalogue.edited(book, title='Ema', subtitle=None, year=1815)
    row = catalogue.site.activity()[-1]
    assert (row.action, row.text, row.target_label) == ('book_updated', 'Changed the book “Ema”',
                                                        'Ema')
    assert row.changes == {
        'title': {
            'before': 'Emma',
            'after': 'Ema'
        },
        'subtitle': {
            'before': 'A novel',
            'after': None
        },
        'year': {
            'before': None,
            'after': 1815
        }
    }


def test_a_book_is_found_by_what_it_says_now(catalogue: Catalogue, site: Site) -> None:
    book = catalogue.book(title='Émma')
    assert stored(site, book).title_key == 'emma'
    catalogue.edited(book, title='Persuasion', authors=[{'author_id': catalogue.author('Öst')}])
    row = stored(site, book)
    assert (row.title_key, row.author_key, row.category_key) == ('persuasion', 'ost\n', 'novels')
    assert 'persuasion' in row.search


def test_an_edit_expires_a_hold_that_was_not_collected(catalogue: Catalogue, site: Site) -> None:
    book = catalogue.book()
    catalogue.keep(book, site.member('late'))
    catalogue.wait(book, site.member('next'))
    site.execute("UPDATE library_hold SET ready_until = now() - interval '1 minute' "
                 "WHERE state = 'ready'")
    catalogue.edited(book, year=1817)
    states = site.execute('SELECT state FROM library_hold ORDER BY placed_at, id')
    assert [row.state for row in states] == ['expired', 'ready']
