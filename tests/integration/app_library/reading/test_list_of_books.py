from uuid import UUID

import pytest

from talelio_backend.shared.domain.ids import new_id
from tests.authors import Person, Site
from tests.integration.app_library.reading.library import BOOKS, Library, listed, refusal
from tests.shelves import Shelves

FOR_ALL = [('created_at', 'Recency'), ('title', 'Title'), ('loans_count', 'Popularity'),
           ('category', 'Category'), ('author', 'Author'), ('year', 'Year'),
           ('available_copies', 'Copies free')]
CURRENT = ('active_loans_count', 'Current loans')
RELEVANCE = ('relevance', 'Relevance')


def options(person: Person, query: str = '') -> list[tuple[str, str]]:
    answer = person.get(f'{BOOKS}?sort_options=only{query}').get_json()
    return [(option['id'], option['label']) for option in answer['sort_options']]


def test_anybody_lists_active_books_newest_first(library: Library, stranger: Person) -> None:
    for title in ('Emma', 'Persuasion', 'Sanditon'):
        library.book(title)
    library.book('Gone', deactivated_at='2026-01-01T00:00:00Z')
    answer = stranger.get(BOOKS)
    assert answer.headers['Cache-Control'] == 'no-cache'
    assert [book['title']
            for book in answer.get_json()['books']] == ['Sanditon', 'Persuasion', 'Emma']
    assert answer.get_json()['sort'] == 'created_at_desc'
    assert 'facets' not in answer.get_json()


def test_row_of_a_list_is_the_book(library: Library, stranger: Person) -> None:
    book_id = library.book('Emma', isbn13='9780141439587', year=1815, language='en')
    row = stranger.get(BOOKS).get_json()['books'][0]
    assert row == stranger.get(f'{BOOKS}/{book_id}').get_json()
    assert (row['isbn10'], row['number_owned'], row['available_copies']) == ('0141439580', 1, 1)


@pytest.mark.parametrize('status', ['inactive', 'all'])
def test_inactive_books_are_for_administrators(library: Library, stranger: Person, ada: Person,
                                               admin: Person, status: str) -> None:
    library.book('Emma')
    library.book('Gone', deactivated_at='2026-01-01T00:00:00Z')
    for person in (stranger, ada):
        assert refusal(person, status=status) == (403, 'not_permitted')
    wanted = ['Gone'] if status == 'inactive' else ['Gone', 'Emma']
    assert listed(admin, status=status) == wanted


def test_sort_options(stranger: Person, ada: Person, admin: Person) -> None:
    assert options(stranger) == options(ada) == FOR_ALL
    assert options(admin) == [*FOR_ALL, CURRENT]
    assert options(stranger, '&q=emma') == [*FOR_ALL, RELEVANCE]
    assert options(admin, '&q=emma') == [*FOR_ALL, CURRENT, RELEVANCE]


@pytest.mark.parametrize('sort',
                         ['active_loans_count_desc', 'relevance_desc', 'isbn_asc', 'title'])
def test_option_that_a_caller_may_not_use_is_none(ada: Person, sort: str) -> None:
    assert refusal(ada, sort=sort) == (400, 'bad_request')


def test_titles_and_names_sort_without_case_and_accents(library: Library, site: Site,
                                                        stranger: Person) -> None:
    for title, family in (('Äiti', 'Öberg'), ('apple', 'Nord'), ('Zebra', 'obe')):
        author_id = library.author(family)
        library.book(title, authors=[author_id], category_id=library.category(f'{family} books'))
    assert listed(stranger, sort='title_asc') == ['Äiti', 'apple', 'Zebra']
    assert listed(stranger, sort='author_asc') == ['apple', 'Zebra', 'Äiti']
    assert listed(stranger, sort='category_desc') == ['Äiti', 'Zebra', 'apple']
    assert site.execute('SELECT count(*) FROM library_book')[0][0] == 3


def test_author_sorts_by_family_and_given_name_of_the_first(library: Library,
                                                            stranger: Person) -> None:
    anne, jane = library.author('Brontë', 'Anne'), library.author('Brontë', 'Jane')
    library.book('By Jane', authors=[jane, anne])
    library.book('By Anne', authors=[anne, jane])
    assert listed(stranger, sort='author_asc') == ['By Anne', 'By Jane']


def test_books_without_a_year_come_last_in_both_directions(library: Library,
                                                           stranger: Person) -> None:
    for title, year in (('Old', 1815), ('None', None), ('New', 2001)):
        library.book(title, year=year)
    assert listed(stranger, sort='year_asc') == ['Old', 'New', 'None']
    assert listed(stranger, sort='year_desc') == ['New', 'Old', 'None']


def test_counts_sort(library: Library, site: Site, admin: Person) -> None:
    for copies, title in enumerate(('None', 'One', 'Two')):
        library.book(title, copies=copies)
    assert listed(admin, sort='available_copies_desc') == ['Two', 'One', 'None']
    site.execute("UPDATE library_book_figures SET loans_count = 7, active_loans_count = 3 WHERE "
                 "book_id = (SELECT id FROM library_book WHERE title = 'One')")
    assert listed(admin, sort='loans_count_desc')[0] == 'One'
    assert listed(admin, sort='active_loans_count_desc')[0] == 'One'


@pytest.mark.parametrize('sort', ['title_asc', 'year_desc', 'available_copies_asc', 'author_desc'])
def test_cursor_walks_through_all(library: Library, stranger: Person, sort: str) -> None:
    for number in range(5):
        library.book(f'Book {number % 3}', year=1900 + number % 2, copies=number % 2)
    whole = stranger.get(f'{BOOKS}?sort={sort}').get_json()['books']
    path, seen = f'{BOOKS}?sort={sort}&limit=2', []
    while path:
        page = stranger.get(path).get_json()
        seen += page['books']
        path = f"{BOOKS}?sort={sort}&limit=2&cursor={page['next']}" if page['next'] else ''
    assert seen == whole


def test_page_by_number_is_counted(library: Library, stranger: Person) -> None:
    for number in range(3):
        library.book(f'Book {number}')
    answer = stranger.get(f'{BOOKS}?page=2&limit=2')
    assert answer.headers['X-Total-Count'] == '3'
    assert [book['title'] for book in answer.get_json()['books']] == ['Book 0']


def test_callers_marks_are_shown_to_nobody_else(library: Library, site: Site, stranger: Person,
                                                ada: Person, ben: Person) -> None:
    book_id = library.book('Emma')
    marks = mark(site, book_id, ada.id)
    for path in (BOOKS, f'{BOOKS}/{book_id}'):
        for person in (stranger, ada, ben):
            answer = person.get(path)
            shown = answer.get_json()
            book = shown['books'][0] if 'books' in shown else shown
            found = {name: book[name] for name in marks}
            assert found == (marks if person is ada else dict.fromkeys(marks))
            private = 'private, no-store'
            assert answer.headers['Cache-Control'] == ('no-cache'
                                                       if person is stranger else private)


def mark(site: Site, book_id: UUID, reader_id: UUID) -> dict[str, str]:
    """A loan, a hold and a favourite of the book."""
    site.execute(
        'INSERT INTO library_member (id, card_number, notices, calendar_turn, created_at) '
        "VALUES (:id, 'C1', '{}', 1, now())",
        id=reader_id)
    ids = {name: new_id() for name in ('my_loan_id', 'my_favourite_id', 'my_hold_id')}
    values = {'book': book_id, 'reader': reader_id, **ids}
    site.execute(
        'INSERT INTO library_loan (id, book_id, copy_id, member_id, item_type, started_at, due_at,'
        ' extensions, policy, version) SELECT :my_loan_id, :book, id, :reader, \'regular\', now(),'
        " now() + interval '1 day', 0, '{}', 1 FROM library_copy WHERE book_id = :book", **values)
    site.execute(
        'INSERT INTO library_favourite (id, book_id, member_id, created_at) '
        'VALUES (:my_favourite_id, :book, :reader, now())', **values)
    site.execute(
        'INSERT INTO library_hold (id, book_id, member_id, state, placed_at) '
        "VALUES (:my_hold_id, :book, :reader, 'waiting', now())", **values)
    return {name: str(value) for name, value in ids.items()}


def test_what_is_over_is_no_mark(library: Library, site: Site, ada: Person) -> None:
    book_id = library.book('Emma')
    mark(site, book_id, ada.id)
    site.execute("UPDATE library_loan SET returned_at = now(), charge = '{}'")
    site.execute("UPDATE library_hold SET state = 'expired'")
    site.execute('DELETE FROM library_favourite')
    book = ada.get(BOOKS).get_json()['books'][0]
    assert [book['my_loan_id'], book['my_hold_id'], book['my_favourite_id']] == [None, None, None]


def test_known_page_is_not_sent_again(library: Library, site: Site, stranger: Person,
                                      ada: Person) -> None:
    book_id = library.book('Emma')
    tags = {person.name: person.get(BOOKS).headers['ETag'] for person in (stranger, ada)}
    for person in (stranger, ada):
        known = person.get(BOOKS, if_none_match=tags[person.name])
        assert (known.status_code, known.data) == (304, b'')
    Shelves(site).copy(book_id)
    for person in (stranger, ada):
        assert person.get(BOOKS, if_none_match=tags[person.name]).status_code == 200


def test_list_follows_a_renamed_author(library: Library, site: Site, stranger: Person) -> None:
    library.book('Emma')
    tag = stranger.get(BOOKS).headers['ETag']
    site.execute("UPDATE library_author SET given_name = 'J.'")
    answer = stranger.get(BOOKS, if_none_match=tag)
    assert answer.get_json()['books'][0]['authors'][0]['full_name'] == 'J. Austen'
