from tests.authors import Person, Site
from tests.integration.app_library.books.catalogue import (BOOKS, Catalogue, done, faults, made,
                                                           refused)
from tests.statements import recorded


def test_a_stranger_deactivates_nothing(stranger: Person, ada: Person,
                                        catalogue: Catalogue) -> None:
    book = catalogue.book()
    for verb in ('deactivate', 'restore'):
        path = f"{BOOKS}/{book['id']}/{verb}"
        assert stranger.post(path).status_code == 401
        refused(ada.post(path), 403, 'not_permitted')


def test_a_book_is_deactivated_once_and_restored_once(catalogue: Catalogue,
                                                      stranger: Person) -> None:
    book = catalogue.book()
    refused(catalogue.turn(book, 'restore'), 409, 'already_active')
    gone = done(catalogue.turn(book, 'deactivate'))
    assert (gone['active'], gone['version']) == (False, 2)
    assert gone['deactivated_at'] == gone['updated_at']
    refused(catalogue.turn(book, 'deactivate'), 409, 'already_inactive')
    shown = done(stranger.get(f"{BOOKS}/{book['id']}"))
    assert (shown['active'], shown['deactivated_at']) == (False, gone['deactivated_at'])
    back = done(catalogue.turn(book, 'restore'))
    assert (back['active'], back['deactivated_at'], back['version']) == (True, None, 3)
    assert catalogue.told()[-2:] == [('book_deactivated', 'Deactivated the book “Emma”'),
                                     ('book_restored', 'Restored the book “Emma”')]


def test_the_path_alone_names_the_book(catalogue: Catalogue) -> None:
    book, other = catalogue.book(), catalogue.book(title='Other')
    for path in (f"{BOOKS}/{book['id']}/deactivate", f"{BOOKS}/{book['id']}/restore"):
        body = catalogue.admin.post(path, json={'id': other['id']})
        query = catalogue.admin.post(path, query_string={'id': other['id']})
        assert faults(body) == faults(query) == [('/id', 'unknown_key')]
    assert catalogue.now(book)['active'] and catalogue.now(other)['active']


def test_both_accept_the_version_that_was_seen(catalogue: Catalogue) -> None:
    book = catalogue.book()
    path = f"{BOOKS}/{book['id']}"
    refused(catalogue.admin.post(f'{path}/deactivate', if_match='"v7"'), 412, 'version_mismatch')
    assert done(catalogue.admin.post(f'{path}/deactivate', if_match='"v1"'))['version'] == 2
    refused(catalogue.admin.post(f'{path}/restore', if_match='"v1"'), 412, 'version_mismatch')


def test_borrowers_keep_what_they_have_and_nobody_borrows(catalogue: Catalogue,
                                                          site: Site) -> None:
    book, ada = catalogue.book(number_owned=2), site.member('ada')
    loan = catalogue.borrow(book, ada)
    made(ada.post('/v1/library/favourites', json={'book_id': book['id']}))
    done(catalogue.turn(book, 'deactivate'))
    ben = site.member('ben')
    refused(ben.post('/v1/library/loans', json={'book_id': book['id']}), 409, 'book_inactive')
    done(ada.post(f"/v1/library/loans/{loan['id']}/extend"))
    done(ada.post(f"/v1/library/loans/{loan['id']}/return"))
    assert done(ada.get(f"{BOOKS}/{book['id']}"))['my_favourite_id'] is not None


def test_open_holds_are_cancelled_and_their_members_told(catalogue: Catalogue, site: Site) -> None:
    book = catalogue.book()
    catalogue.keep(book, site.member('ada'))
    catalogue.wait(book, site.member('ben'))
    catalogue.wait(book, site.member('eve'))
    site.execute("UPDATE library_hold SET state = 'suspended' WHERE member_id = "
                 "(SELECT id FROM \"user\" WHERE username = 'eve')")
    before = len(catalogue.told())
    gone = done(catalogue.turn(book, 'deactivate'))
    assert (gone['holds_count'], gone['available_copies']) == (0, 1)
    rows = site.execute('SELECT state, reason, closed_at, suspended_until FROM library_hold')
    assert {(row.state, row.reason) for row in rows} == {('cancelled', 'book_inactive')}
    assert all(row.closed_at for row in rows)
    assert catalogue.told()[before:] == [
        ('book_deactivated', 'Deactivated the book “Emma”'),
        *(('hold_cancelled', f'Cancelled the hold on “Emma” for {name}')
          for name in ('ada', 'ben', 'eve'))
    ]
    mails = site.execute("SELECT count(*) FROM procrastinate_jobs WHERE args -> 'arguments' ->> "
                         "'kind' = 'hold_cancelled'")
    assert mails[0][0] == 3
    assert done(catalogue.turn(book, 'restore'))['holds_count'] == 0


def test_a_hold_that_was_over_expires(catalogue: Catalogue, site: Site) -> None:
    book = catalogue.book()
    catalogue.keep(book, site.member('ada'))
    site.execute("UPDATE library_hold SET ready_until = now() - interval '1 minute'")
    done(catalogue.turn(book, 'deactivate'))
    row = site.execute('SELECT state, reason FROM library_hold')[0]
    assert tuple(row) == ('expired', 'not_collected')


def test_a_book_is_restored_to_active_parents_alone(catalogue: Catalogue) -> None:
    book = catalogue.book()
    category = f'/v1/library/categories/{catalogue.category_id}'
    author = f'/v1/library/authors/{catalogue.author_id}'
    done(catalogue.admin.post(f'{category}/deactivate'))
    done(catalogue.admin.post(f'{author}/deactivate'))
    for path, left in ((category, ['category', 'author']), (author, ['author'])):
        problem = refused(catalogue.turn(book, 'restore'), 409, 'parent_inactive')
        assert [parent['type'] for parent in problem['inactive']] == left
        done(catalogue.admin.post(f'{path}/restore'))
    assert not catalogue.now(book)['active']
    assert done(catalogue.turn(book, 'restore'))['active']


def test_a_category_takes_its_active_books_with_it(catalogue: Catalogue, site: Site) -> None:
    other = catalogue.category('Other')
    books = [catalogue.book(title=f'Book {number}') for number in range(3)]
    done(catalogue.turn(books[0], 'deactivate'))
    elsewhere = catalogue.book(title='Elsewhere', category_id=other)
    catalogue.keep(books[1], site.member('ada'))
    before = len(catalogue.told())
    path = f'/v1/library/categories/{catalogue.category_id}/deactivate'
    with recorded(site.house) as sent:
        done(catalogue.admin.post(path))
    assert catalogue.told()[before:] == [
        ('category_deactivated', 'Deactivated the category “Novels”'),
        ('book_deactivated', 'Deactivated the book “Book 1”'),
        ('book_deactivated', 'Deactivated the book “Book 2”'),
        ('hold_cancelled', 'Cancelled the hold on “Book 1” for ada')
    ]
    states = [catalogue.now(book) for book in (*books, elsewhere)]
    assert [(book['active'], book['version']) for book in states] == [(False, 2), (False, 2),
                                                                      (False, 2), (True, 1)]
    for table in ('library_book', 'library_copy', 'library_hold'):
        assert sum(f'UPDATE {table} ' in statement for statement, _ in sent) == 1


def test_an_author_takes_the_books_along_in_whatever_role(catalogue: Catalogue) -> None:
    editor = catalogue.author('Editor')
    theirs = catalogue.book(authors=[{
        'author_id': catalogue.author_id
    }, {
        'author_id': editor,
        'role': 'editor'
    }, {
        'author_id': editor,
        'role': 'illustrator'
    }])
    other = catalogue.book(title='Other')
    done(catalogue.admin.post(f'/v1/library/authors/{editor}/deactivate'))
    assert [catalogue.now(book)['active'] for book in (theirs, other)] == [False, True]
    assert catalogue.told()[-1] == ('book_deactivated', 'Deactivated the book “Emma”')
