"""What triggers have counted equals what is there, whatever was done in whatever order."""

import json
import random
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.authors import Person, Site
from tests.integration.app_library.shelving.shelf import AUTHORS, BOOKS, CATEGORIES, LIBRARY, Shelf
from tests.parallel import at_once

ROLES = ('author', 'editor', 'translator', 'illustrator', 'contributor')
STEPS = 70
COUNTED = {
    'book':
    '''
        SELECT id,
            (SELECT count(*) FROM library_copy WHERE book_id = book.id
             AND status NOT IN ('lost', 'withdrawn')) AS number_owned,
            (SELECT count(*) FROM library_copy WHERE book_id = book.id
             AND status = 'available') AS available_copies,
            (SELECT count(*) FROM library_loan WHERE book_id = book.id) AS loans_count,
            (SELECT count(*) FROM library_loan WHERE book_id = book.id
             AND returned_at IS NULL) AS active_loans_count,
            (SELECT count(*) FROM library_hold WHERE book_id = book.id
             AND state IN ('waiting', 'suspended', 'ready')) AS holds_count
        FROM library_book AS book''',
    'category':
    '''
        SELECT id,
            (SELECT count(*) FROM library_book WHERE category_id = category.id
             AND deactivated_at IS NULL) AS books_count,
            (SELECT count(*) FROM library_book WHERE category_id = category.id)
                AS all_books_count,
            (SELECT count(*) FROM library_loan JOIN library_book AS book ON book.id = book_id
             WHERE category_id = category.id) AS loans_count,
            (SELECT count(*) FROM library_loan JOIN library_book AS book ON book.id = book_id
             WHERE category_id = category.id AND returned_at IS NULL) AS active_loans_count
        FROM library_category AS category''',
    'author':
    '''
        SELECT id,
            (SELECT count(DISTINCT book.id) FROM library_book AS book
             JOIN library_book_author ON book_id = book.id
             WHERE author_id = author.id AND deactivated_at IS NULL) AS books_count,
            (SELECT count(DISTINCT book_id) FROM library_book_author
             WHERE author_id = author.id) AS all_books_count,
            (SELECT count(*) FROM library_loan WHERE book_id IN (
                SELECT book_id FROM library_book_author WHERE author_id = author.id))
                AS loans_count,
            (SELECT count(*) FROM library_loan WHERE returned_at IS NULL AND book_id IN (
                SELECT book_id FROM library_book_author WHERE author_id = author.id))
                AS active_loans_count
        FROM library_author AS author''',
    'member':
    '''
        SELECT id,
            (SELECT coalesce(sum(amount), 0) FROM library_ledger_entry
             WHERE member_id = member.id) AS ledger,
            (SELECT count(*) FROM library_loan WHERE member_id = member.id) AS loans_count,
            (SELECT count(*) FROM library_loan WHERE member_id = member.id
             AND returned_at IS NULL) AS active_loans_count
        FROM library_member AS member''',
}

MANY_BOOKS = '''
    INSERT INTO library_author (id, family_name, given_key, family_key, created_at, updated_at)
    SELECT md5('author' || n)::uuid, 'Author', '', 'author', now(), now()
    FROM generate_series(1, 100) AS n;
    INSERT INTO library_category (id, name, name_key, created_at, updated_at)
    SELECT md5('category')::uuid, 'Novels', 'novels', now(), now();
    INSERT INTO library_book (id, title, category_id, item_type, description, version,
                              created_at, updated_at)
    SELECT md5('book' || n)::uuid, n, md5('category')::uuid, 'regular', '', 1, now(), now()
    FROM generate_series(1, 10000) AS n;
    INSERT INTO library_book_author (book_id, author_id, role, position)
    SELECT md5('book' || n)::uuid, md5('author' || n % 100 + 1)::uuid, 'author', 0
    FROM generate_series(1, 10000) AS n
'''


def figures(site: Site, thing: str) -> dict[UUID, dict[str, Any]]:
    """As triggers counted."""
    rows = site.execute(f'SELECT * FROM library_{thing}_figures')
    return {row[0]: dict(row._mapping) for row in rows}  # pylint: disable=protected-access


def assert_counted(site: Site) -> None:
    for thing, question in COUNTED.items():
        fresh = {
            row.id: {
                f'{thing}_id': row.id
            } | {
                name: number
                for name, number in row._mapping.items() if name != 'id'  # pylint: disable=protected-access
            }
            for row in site.execute(question)
        }
        assert figures(site, thing) == fresh, thing


class Librarians:
    """Do whatever comes to their minds; what the library refuses is fine too."""

    def __init__(self, admin: Person, readers: list[Person], shelf: Shelf, seed: int) -> None:
        self._admin = admin
        self._readers = readers
        self._chance = random.Random(seed)
        self._categories = [shelf.category(f'Category {number}') for number in range(3)]
        self._authors = [shelf.author(f'Author {number}') for number in range(4)]
        self._books: list[str] = []
        self._copies: list[str] = []
        self._loans: list[tuple[Person, str]] = []
        self._holds: list[tuple[Person, str]] = []

    def act(self) -> str:
        """One step; says which."""
        steps = [
            self.add_book, self.edit_book, self.edit_book, self.turn_book, self.turn_parent,
            self.edit_copy, self.borrow, self.borrow, self.borrow, self.give_back, self.place,
            self.cancel, self.lose
        ]
        step = self._chance.choice(steps if self._books else [self.add_book])
        answer = step()
        assert answer is None or answer.status_code < 500, answer.text
        return f'{step.__name__}: {answer and answer.status_code}'

    def add_book(self) -> Any:
        answer = self._admin.post(BOOKS,
                                  json={
                                      'title': 'Emma',
                                      'number_owned': self._chance.randint(0, 3),
                                      **self._places()
                                  })
        if answer.status_code == 201:
            self._books.append(f"{BOOKS}/{answer.get_json()['id']}")
        return answer

    def edit_book(self) -> Any:
        body = {**self._places(), 'number_owned': self._chance.randint(0, 4)}
        kept = self._chance.sample(list(body), self._chance.randint(1, len(body)))
        book = self._chance.choice(self._books)
        answer = self._admin.patch(book, json={name: body[name] for name in kept}, if_match='*')
        self._copies += [
            f"{LIBRARY}/copies/{copy['id']}"
            for copy in self._admin.get(f'{book}/copies').get_json()['copies']
        ]
        return answer

    def turn_book(self) -> Any:
        action = self._chance.choice(['deactivate', 'restore'])
        return self._admin.post(f'{self._chance.choice(self._books)}/{action}')

    def turn_parent(self) -> Any:
        paths = [f'{CATEGORIES}/{one}' for one in self._categories]
        paths += [f'{AUTHORS}/{one}' for one in self._authors]
        action = self._chance.choice(['deactivate', 'restore', 'restore', 'restore'])
        return self._admin.post(f'{self._chance.choice(paths)}/{action}')

    def edit_copy(self) -> Any:
        if not self._copies:
            return None
        status = self._chance.choice(['available', 'in_repair', 'lost', 'withdrawn'])
        return self._admin.patch(self._chance.choice(self._copies), json={'status': status})

    def borrow(self) -> Any:
        reader = self._chance.choice(self._readers)
        answer = reader.post(f'{LIBRARY}/loans', json={'book_id': self._a_book()})
        if answer.status_code == 201:
            self._loans.append((reader, f"{LIBRARY}/loans/{answer.get_json()['id']}"))
        return answer

    def give_back(self) -> Any:
        if not self._loans:
            return None
        reader, loan = self._chance.choice(self._loans)
        return reader.post(f'{loan}/return')

    def lose(self) -> Any:
        if not self._loans:
            return None
        return self._admin.post(f'{self._chance.choice(self._loans)[1]}/lost')

    def place(self) -> Any:
        reader = self._chance.choice(self._readers)
        answer = reader.post(f'{LIBRARY}/holds', json={'book_id': self._a_book()})
        if answer.status_code == 201:
            self._holds.append((reader, f"{LIBRARY}/holds/{answer.get_json()['id']}"))
        return answer

    def cancel(self) -> Any:
        if not self._holds:
            return None
        reader, hold = self._chance.choice(self._holds)
        return reader.delete(hold)

    def _a_book(self) -> str:
        return self._chance.choice(self._books).rpartition('/')[2]

    def _places(self) -> dict[str, Any]:
        """A category, and one to four parts: often several by one author."""
        parts = {(self._chance.choice(self._authors), self._chance.choice(ROLES))
                 for _ in range(self._chance.randint(1, 4))}
        return {
            'category_id': self._chance.choice(self._categories),
            'authors': [{
                'author_id': author,
                'role': role
            } for author, role in sorted(parts)]
        }


@pytest.mark.parametrize('seed', [1, 2])
def test_figures_are_right_after_every_step(site: Site, admin: Person, shelf: Shelf,
                                            seed: int) -> None:
    readers = [site.member(f'reader-{number}') for number in range(4)]
    librarians = Librarians(admin, readers, shelf, seed)
    done = []
    for _ in range(STEPS):
        done.append(librarians.act())
        assert_counted(site)
    # Enough of it was not refused.
    assert sum(not step.endswith(('409', 'None', '404')) for step in done) > STEPS / 5


def test_figures_are_right_after_many_things_at_once(site: Site, admin: Person,
                                                     shelf: Shelf) -> None:
    readers = [site.member(f'reader-{number}') for number in range(4)]
    librarians = Librarians(admin, readers, shelf, seed=11)
    for _ in range(25):
        librarians.act()
    at_once(4, lambda _number: [librarians.act() for _ in range(10)])
    assert_counted(site)


def test_what_was_there_before_anybody_counted_is_counted_alike(site: Site, admin: Person,
                                                                shelf: Shelf) -> None:
    librarians = Librarians(admin, [site.member('reader')], shelf, seed=5)
    for _ in range(30):
        librarians.act()
    counted = [figures(site, thing) for thing in COUNTED]
    path = Path(__file__).parents[4] / 'migrations' / 'versions' / '20261121_library_rules.py'
    spec = spec_from_file_location('library_rules', path)
    assert spec is not None and spec.loader is not None
    rules = module_from_spec(spec)
    spec.loader.exec_module(rules)
    for table in rules.FIGURES:
        site.execute(f'DELETE FROM {table}')
    for statement in rules.RECOUNT:
        site.execute(statement)
    assert [figures(site, thing) for thing in COUNTED] == counted


def test_a_large_change_is_counted_book_by_book_and_not_each_with_each(site: Site) -> None:
    with site.house.kernel.engine.connect() as connection:
        connection.execute(text(MANY_BOOKS))
        # What was measured of the tables before stems from another test.
        connection.exec_driver_sql('ANALYZE')
        turn = 'UPDATE library_book SET deactivated_at = now()'
        # The plans of triggers are kept from here on: of one book, as most changes are.
        connection.exec_driver_sql(f"{turn} WHERE title = '7'")
        answer = connection.exec_driver_sql(f'EXPLAIN (ANALYZE, FORMAT JSON) {turn}').scalar_one()
        connection.rollback()
    explained = (json.loads(answer) if isinstance(answer, str) else answer)[0]
    counting, = (trigger for trigger in explained['Triggers']
                 if trigger['Trigger Name'] == 'library_book_changed_figures')
    # An eighth, and seven times as much where each is compared with each.
    assert counting['Time'] < explained['Execution Time'] - counting['Time']


def test_an_author_of_several_roles_has_a_book_once(site: Site, shelf: Shelf) -> None:
    author, category = shelf.author('Austen'), shelf.category('Novels')
    book = shelf.book('Emma', category=category, authors={author: 'author'}, number_owned=2)
    site.execute(
        'INSERT INTO library_book_author (book_id, author_id, role, position) '
        "VALUES (:book, :author, 'editor', 1), (:book, :author, 'illustrator', 2)",
        book=book,
        author=author)
    shelf.lend(book, site.member('reader'))
    shown = shelf.shown(f'{AUTHORS}/{author}')
    assert [
        shown[name] for name in ('books_count', 'all_books_count', 'active_loans_count',
                                 'new_loans_count', 'late_loans_count', 'loans_count')
    ] == [1, 1, 1, 1, 0, 1]
    site.execute("DELETE FROM library_book_author WHERE role <> 'editor'")
    assert_counted(site)
    site.execute('DELETE FROM library_book_author')
    assert_counted(site)


def test_late_and_new_loans_are_counted_by_the_clock(site: Site, admin: Person,
                                                     shelf: Shelf) -> None:
    category, author = shelf.category('Novels'), shelf.author('Austen')
    paths = (f'{CATEGORIES}/{category}', f'{AUTHORS}/{author}')
    loans = []
    for number in range(4):
        book = shelf.book(f'Book {number}', category=category, authors={author: 'editor'})
        loans.append(shelf.lend(book, site.member(f'reader-{number}')))
    move = ('UPDATE library_loan SET started_at = started_at - interval :ago, '
            'due_at = due_at - interval :ago WHERE id = CAST(:loan AS uuid)')
    for loan, ago in zip(loans, ('0 hours', '23 hours', '25 hours', '21 days'), strict=True):
        site.execute(move.replace('interval :ago', 'CAST(:ago AS interval)'), loan=loan, ago=ago)
    for path in paths:
        shown = shelf.shown(path)
        assert (shown['new_loans_count'], shown['late_loans_count'], shown['active_loans_count'],
                shown['loans_count']) == (2, 1, 4, 4)
        listed, = admin.get(path.rpartition('/')[0]).get_json()[path.split('/')[3]]
        assert listed == shown
    returned = admin.post(f'{LIBRARY}/loans/{loans[3]}/return')
    assert returned.status_code == 200
    for path in paths:
        shown = shelf.shown(path)
        assert (shown['late_loans_count'], shown['active_loans_count'],
                shown['loans_count']) == (0, 3, 4)
