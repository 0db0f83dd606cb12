"""Editors at one moment, and the desk beside them: nothing is miscounted."""

from collections import Counter
from functools import partial
from typing import Any

from werkzeug.test import TestResponse

from tests.authors import Person, Site
from tests.integration.app_library.books.catalogue import BOOKS, COPIES, Catalogue, done, picture
from tests.parallel import at_once


def outcome(answer: TestResponse) -> tuple[int, str | None]:
    return answer.status_code, answer.get_json().get('code')


def outcomes(answers: list[TestResponse]) -> Counter[tuple[int, str | None]]:
    return Counter(map(outcome, answers))


def check_figures(site: Site) -> None:
    """What triggers counted is what there is."""
    wrong = site.execute('''
        SELECT book_id FROM library_book_figures AS figures WHERE
            number_owned <> (SELECT count(*) FROM library_copy AS copy
                WHERE copy.book_id = figures.book_id AND status NOT IN ('lost', 'withdrawn'))
            OR available_copies <> (SELECT count(*) FROM library_copy AS copy
                WHERE copy.book_id = figures.book_id AND status = 'available')
            OR active_loans_count <> (SELECT count(*) FROM library_loan AS loan
                WHERE loan.book_id = figures.book_id AND returned_at IS NULL)
        UNION ALL SELECT author_id FROM library_author_figures AS figures WHERE
            (all_books_count, books_count, loans_count) <> (
                SELECT count(*), count(*) FILTER (WHERE deactivated_at IS NULL),
                       coalesce(sum((SELECT count(*) FROM library_loan
                                     WHERE library_loan.book_id = book.id)), 0)
                FROM library_book AS book WHERE id IN (SELECT book_id FROM library_book_author
                    WHERE library_book_author.author_id = figures.author_id))
        UNION ALL SELECT category_id FROM library_category_figures AS figures WHERE
            (all_books_count, books_count) <> (
                SELECT count(*), count(*) FILTER (WHERE deactivated_at IS NULL)
                FROM library_book AS book WHERE book.category_id = figures.category_id)''')
    assert not wrong


def test_one_of_fifty_books_has_the_isbn(catalogue: Catalogue, site: Site) -> None:
    answers = at_once(50, lambda number: catalogue.post(title=f'{number}', isbn='0306406152'))
    assert outcomes(answers) == {(201, None): 1, (409, 'isbn_taken'): 49}
    book, = (answer.get_json() for answer in answers if answer.status_code == 201)
    assert {answer.get_json().get('book_id', book['id']) for answer in answers} == {book['id']}
    assert site.execute('SELECT count(*) FROM library_copy')[0][0] == 1
    check_figures(site)


def test_one_of_ten_editors_wins(catalogue: Catalogue) -> None:
    book = catalogue.book()
    answers = at_once(10, lambda number: catalogue.patch(book, title=f'{number}', number_owned=2))
    assert outcomes(answers) == {(200, None): 1, (412, 'version_mismatch'): 9}
    won, = (answer.get_json() for answer in answers if answer.status_code == 200)
    assert catalogue.now(book) == won
    assert (won['version'], won['number_owned']) == (2, 2)


def test_copies_are_withdrawn_while_they_are_borrowed(catalogue: Catalogue, site: Site) -> None:
    book = catalogue.book(number_owned=12)
    readers = [site.member(f'reader{number}') for number in range(20)]

    def act(number: int) -> TestResponse:
        if number < 20:
            return readers[number].post('/v1/library/loans', json={'book_id': book['id']})
        return catalogue.admin.patch(f"{BOOKS}/{book['id']}",
                                     json={'number_owned': 30 - number},
                                     if_match='*')

    answers = at_once(26, act)
    assert set(outcomes(answers)) <= {(200, None), (201, None), (409, 'copies_in_use'),
                                      (409, 'no_copy_available')}
    shown = catalogue.now(book)
    lent = [answer.status_code for answer in answers[:20]].count(201)
    assert shown['active_loans_count'] == lent
    assert shown['number_owned'] == lent + shown['available_copies']
    check_figures(site)


def deactivate_or_add(catalogue: Catalogue, path: str, number: int) -> TestResponse:
    if number == 5:
        return catalogue.admin.post(f'{path}/deactivate')
    return catalogue.post(title=f'{number}')


def test_no_active_book_gets_into_an_inactive_category(catalogue: Catalogue, site: Site) -> None:
    for kind, parent in (('categories', catalogue.category_id), ('authors', catalogue.author_id)):
        path = f'/v1/library/{kind}/{parent}'
        answers = at_once(12, partial(deactivate_or_add, catalogue, path))
        assert answers.pop(5).status_code == 200
        assert set(outcomes(answers)) <= {(201, None), (409, 'parent_inactive')}
        active = site.execute('SELECT count(*) FROM library_book WHERE deactivated_at IS NULL')
        assert active[0][0] == 0
        done(catalogue.admin.post(f'{path}/restore'))
        check_figures(site)


def test_editors_and_the_desk_do_not_wait_for_one_another(catalogue: Catalogue,
                                                          site: Site) -> None:
    authors = [catalogue.author(f'Author {number}') for number in range(4)]
    categories = [catalogue.category(f'Category {number}') for number in range(2)]
    books = [
        catalogue.book(title=f'{number}',
                       number_owned=20,
                       category_id=categories[number % 2],
                       authors=parts(authors[number % 2:])) for number in range(4)
    ]
    readers = [site.member(f'reader{number}') for number in range(16)]

    def act(number: int) -> TestResponse:
        book = books[number % 4]
        if number % 2:
            return readers[number // 2].post('/v1/library/loans', json={'book_id': book['id']})
        order = authors[number % 3:] if number % 4 else authors[::-1]
        return catalogue.admin.patch(f"{BOOKS}/{book['id']}",
                                     json={
                                         'authors': parts(order),
                                         'category_id': categories[number // 2 % 2]
                                     },
                                     if_match='*')

    for _ in range(3):
        answers = at_once(32, act)
        assert set(outcomes(answers)) <= {(200, None), (201, None), (409, 'already_borrowed')}
        check_figures(site)


def parts(authors: list[str]) -> list[dict[str, Any]]:
    return [{'author_id': author_id} for author_id in authors]


def test_a_cascade_and_the_desk_do_not_wait_for_one_another(catalogue: Catalogue,
                                                            site: Site) -> None:
    books = [catalogue.book(title=f'{number}') for number in range(8)]
    readers = [site.member(f'reader{number}') for number in range(16)]
    for book, reader in zip(books[:4], readers, strict=False):
        catalogue.borrow(book, reader)

    def act(number: int) -> TestResponse:
        if number == 8:
            return catalogue.admin.post(
                f'/v1/library/categories/{catalogue.category_id}/deactivate')
        kind = 'holds' if number % 8 < 4 else 'loans'
        return readers[15 - number % 16].post(f'/v1/library/{kind}',
                                              json={'book_id': books[number % 8]['id']})

    answers = at_once(16, act)
    assert answers.pop(8).status_code == 200
    assert set(outcomes(answers)) <= {(201, None), (409, 'book_inactive'),
                                      (409, 'no_copy_available')}
    left = site.execute("SELECT count(*) FROM library_hold WHERE state IN ('waiting', 'ready')")
    assert left[0][0] == 0
    check_figures(site)


def test_barcodes_are_given_once(catalogue: Catalogue, site: Site) -> None:
    book = catalogue.book()
    coming = [f"{int(catalogue.copies(book)[0]['barcode']) + ahead:08d}" for ahead in range(1, 11)]

    def act(number: int) -> TestResponse:
        body = {'barcode': coming[number // 2]} if number % 2 else {}
        return catalogue.admin.post(f"{BOOKS}/{book['id']}/copies", json=body)

    answers = at_once(20, act)
    assert {outcome(answer) for answer in answers[::2]} == {(201, None)}
    assert {outcome(answer) for answer in answers[1::2]} <= {(201, None), (409, 'barcode_taken')}
    barcodes = [row.barcode for row in site.execute('SELECT barcode FROM library_copy')]
    assert len(barcodes) == len(set(barcodes)) == 1 + outcomes(answers)[(201, None)]


def test_one_of_many_copies_has_the_barcode(catalogue: Catalogue, admin: Person) -> None:
    book = catalogue.book(number_owned=20)
    copies = catalogue.copies(book)
    answers = at_once(
        20,
        lambda number: admin.patch(f"{COPIES}/{copies[number]['id']}", json={'barcode': 'A-1'}))
    assert outcomes(answers) == {(200, None): 1, (409, 'barcode_taken'): 19}


def test_an_edit_and_the_end_of_its_cover_do_not_wait_for_one_another(
        catalogue: Catalogue, site: Site, ada: Person) -> None:
    for _ in range(4):
        image = picture(site, ada)
        books = [catalogue.book(title=f'{number}', cover_image_id=image) for number in range(5)]
        answers = at_once(6, partial(edit_or_delete, catalogue, ada, books, image))
        assert answers.pop().status_code == 204
        assert set(outcomes(answers)) <= {(200, None), (422, 'validation_failed')}
        assert not [book for book in books if catalogue.now(book)['cover']]


def edit_or_delete(catalogue: Catalogue, ada: Person, books: list[dict[str, Any]], image: str,
                   number: int) -> TestResponse:
    if number == len(books):
        return ada.delete(f'/v1/assets/images/{image}?force=true')
    return catalogue.patch(books[number], title='Ema', cover_image_id=image)
