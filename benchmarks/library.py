"""The library's cases: its list, a balance of fifty loans, and borrowing."""

from collections.abc import Iterator

from psycopg import sql

from benchmarks.cases import Bar, Case, bearer, has_status, json_of, post
from benchmarks.library_rows import fill_library, row_id
from benchmarks.stack import USERNAME, Stack
from benchmarks.traffic import Request

LOANS_OF_ONE = 50
# From the first number on, more than are borrowed in a few seconds; and where samples are taken.
_RANGES = ((0, 8000), (500_000, 100))
# A loan of each number: by a member of its own, of a copy of its own, of books with many authors
# and few categories, as they are in a library.
_BORROWERS = (
    '''INSERT INTO "user" (id, username, location, bio, created_at)
       SELECT ('01900000-0000-7000-8000-000' || n)::uuid, 'borrower-' || n, '', '', now()
       FROM generate_series({first}, {last}) AS n''',
    '''INSERT INTO account (id, email, verified_at, level, language, updated_at, search)
       SELECT id, username || '@example.org', now(), 1, 'en', now(), username
       FROM "user" WHERE username LIKE 'borrower-%'
       AND id NOT IN (SELECT id FROM account)''',
    '''CREATE TEMPORARY TABLE lendable AS
       SELECT book.id, row_number() OVER (ORDER BY book.id) AS place FROM library_book AS book
       WHERE deactivated_at IS NULL LIMIT {count}''',
    '''INSERT INTO library_copy (id, book_id, barcode, condition, note, status, created_at,
                                 updated_at)
       SELECT uuidv7(), id, 'B' || {first} + place - 1, 'good', '', 'available', now(), now()
       FROM lendable''',
    'DROP TABLE lendable',
)
# The account of the benchmark gets the loans of a reader. Nobody waits and nothing is late: the
# worker would have thousands of mails to send meanwhile.
_FIFTY = '''
    TRUNCATE library_hold;
    UPDATE library_book_figures SET holds_count = 0 WHERE holds_count <> 0;
    UPDATE library_loan SET due_at = now() + interval '20 days' WHERE returned_at IS NULL;
    INSERT INTO library_member (id, card_number, notices, calendar_turn, created_at)
    SELECT id, 'BENCH', '{{"due_soon": true, "overdue": true, "holds": true}}', 1, now()
    FROM "user" WHERE username = {username} ON CONFLICT DO NOTHING;
    UPDATE library_loan
    SET member_id = (SELECT id FROM "user" WHERE username = {username})
    WHERE member_id = {reader} AND returned_at IS NULL
'''


class LibraryRows:
    """Made when the first case needs them: they take longer than most runs of few cases."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._made = False

    def path(self, path: str) -> str:
        """``path``, once there is something behind it."""
        if not self._made:
            self._made = True
            with self._stack.database() as link:
                fill_library(link)
                for statement in _FIFTY.split(';'):
                    link.execute(
                        sql.SQL(statement).format(username=sql.Literal(USERNAME),
                                                  reader=sql.Literal(row_id('reader', 2))))
        return path


def library_cases(stack: Stack, *, reads_only: bool) -> Iterator[Case]:
    rows = LibraryRows(stack)
    yield Case(name='GET books, 20 of 100,000',
               make=lambda: Request(path=rows.path('/v1/library/books?limit=20')),
               bar=Bar(least=0.25),
               check=lambda answer: has_status(200)
               (answer) and len(json_of(answer)['books']) == 20)
    yield Case(name='GET balance, 50 loans',
               make=lambda: Request(path=rows.path('/v1/library/members/me/balance'),
                                    headers=(bearer(stack), )),
               bar=Bar(least=0.20),
               check=lambda answer: len(json_of(answer)['items']) == LOANS_OF_ONE)
    if reads_only:
        return
    yield Case(name='POST loans',
               prepare=lambda first: _make_borrowers(stack, first),
               make=lambda: post(rows.path('/v1/library/loans'), {
                   'barcode': 'B{number}',
                   'member_id': '01900000-0000-7000-8000-000{number}'
               }, bearer(stack)),
               bar=Bar(least=0.12),
               check=has_status(201))


def _make_borrowers(stack: Stack, first: int) -> None:
    with stack.database() as link:
        for offset, count in _RANGES:
            numbers = {
                'first': sql.Literal(first + offset),
                'last': sql.Literal(first + offset + count - 1),
                'count': sql.Literal(count)
            }
            for statement in _BORROWERS:
                link.execute(sql.SQL(statement).format(**numbers))
        link.execute('ANALYZE')
