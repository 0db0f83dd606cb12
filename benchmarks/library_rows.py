"""A library of the size that its numbers are promised at, for benchmarks and for tests of plans.

- ``BOOKS`` books, one of 16 inactive, of 60 categories and 20,000 authors, with 1.5 copies each;
- ``MEMBERS`` members ``reader-1`` … with accounts; the first ``BORROWERS`` have 50 open loans
  each, a third of them late, and everybody has some 27 returned ones;
- ``LOANS`` loans, ``OPEN_LOANS`` of them open, on the first copies of the books of these numbers;
- ``ENTRIES`` entries of the ledger: the rent of every returned loan, and payments;
- 20,000 waiting holds on books that are lent, and 50,000 favourites.

Ids follow from the number: ``row_id('book', 7)``; things are ``author``, ``category``, ``book``,
``copy`` (the first copies of all books, then the second ones), ``reader``, ``loan``, ``entry``,
``hold`` and ``favourite``, all numbered from 1. Figures are counted as triggers would have.
"""

import hashlib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

BOOKS, COPIES, MEMBERS, BORROWERS = 100_000, 150_000, 10_000, 600
LOANS, OPEN_LOANS, ENTRIES = 300_000, 30_000, 300_000
_RULES = Path(__file__).parents[1] / 'migrations' / 'versions' / '20261121_library_rules.py'

_PEOPLE = f'''
    INSERT INTO "user" (id, username, display_name, location, bio, created_at)
    SELECT md5('reader' || n)::uuid, 'reader-' || n, NULL, '', '',
           timestamptz '2015-01-01' + n * interval '1 hour'
    FROM generate_series(1, {MEMBERS}) AS n;
    INSERT INTO account (id, email, verified_at, level, language, updated_at, search)
    SELECT md5('reader' || n)::uuid, 'reader-' || n || '@example.org', now(), 1, 'en', now(),
           'reader-' || n
    FROM generate_series(1, {MEMBERS}) AS n;
    INSERT INTO library_member (id, card_number, credit_limit, notices, history_days,
                                calendar_turn, created_at)
    SELECT md5('reader' || n)::uuid, 'C' || lpad(n::text, 8, '0'), NULL,
           '{{"due_soon": true, "overdue": true, "holds": true}}', NULL, 1,
           timestamptz '2015-01-01' + n * interval '1 hour'
    FROM generate_series(1, {MEMBERS}) AS n
'''
_PARENTS = '''
    INSERT INTO library_author (id, given_name, family_name, given_key, family_key, created_at,
                                updated_at)
    SELECT md5('author' || n)::uuid, 'Given' || n % 300, 'Family' || n, 'given' || n % 300,
           'family' || n, timestamptz '2015-01-01' + n * interval '1 hour', now()
    FROM generate_series(1, 20000) AS n;
    INSERT INTO library_category (id, name, name_key, created_at, updated_at)
    SELECT md5('category' || n)::uuid, 'Category ' || n, 'category ' || n,
           timestamptz '2015-01-01' + n * interval '1 hour', now()
    FROM generate_series(1, 60) AS n
'''
# Words of two halves; "tale" stands in each second title, the number of a book in its own alone.
_BOOKS = f'''
    INSERT INTO library_book (id, title, subtitle, category_id, item_type, description, isbn13,
        publisher, year, language, deactivated_at, version, created_at, updated_at, title_key,
        category_key, author_key, title_grams, search, search_more)
    SELECT md5('book' || n)::uuid, initcap(name), NULL, md5('category' || n % 60 + 1)::uuid,
        (ARRAY['regular', 'fiction', 'novel'])[n % 3 + 1], 'A description of some words.',
        CASE WHEN n % 10 < 9 THEN '9780' || lpad(n::text, 9, '0') END, 'Press ' || n % 500,
        CASE WHEN n % 20 <> 0 THEN 1500 + n % 520 END,
        (ARRAY['en', 'fi', 'sv', NULL])[n % 7 % 4 + 1], CASE WHEN n % 16 = 0 THEN at END, 1, at,
        at, name, 'category ' || n % 60 + 1,
        'family' || n % 20000 + 1 || E'\\n' || 'given' || (n % 20000 + 1) % 300,
        (SELECT array_to_tsvector(array_agg(DISTINCT substr(name, place, 3)))
         FROM generate_series(1, length(name)) AS place),
        setweight(to_tsvector('simple', name), 'A') || setweight(array_to_tsvector(
            ARRAY['family' || n % 20000 + 1, 'given' || (n % 20000 + 1) % 300]), 'C'),
        setweight(to_tsvector('simple', 'press ' || n % 500), 'A') || setweight(to_tsvector(
            'simple', 'category ' || n % 60 + 1), 'B')
        || setweight(to_tsvector('simple', 'a description of some words'), 'C')
    FROM generate_series(1, {BOOKS}) AS n,
        LATERAL (SELECT timestamptz '2016-01-01' + n * interval '30 minutes' AS at) AS moment,
        LATERAL (SELECT halves[n % 23 + 1] || halves[n / 23 % 23 + 1]
                 || CASE WHEN n % 2 = 0 THEN ' tale ' ELSE ' ' END
                 || halves[n / 7 % 23 + 1] || halves[n % 19 + 1] || ' ' || n AS name
                 FROM (SELECT ARRAY['am', 'ber', 'cor', 'dun', 'el', 'fir', 'gal', 'hon', 'ir',
                     'jor', 'kal', 'lum', 'mor', 'nes', 'or', 'pel', 'quin', 'ros', 'sil', 'tor',
                     'ul', 'ves', 'wyn'] AS halves) AS parts) AS named;
    INSERT INTO library_book_author (book_id, author_id, role, position)
    SELECT md5('book' || n)::uuid, md5('author' || n % 20000 + 1)::uuid, 'author', 0
    FROM generate_series(1, {BOOKS}) AS n
    UNION ALL
    SELECT md5('book' || n)::uuid, md5('author' || (n + 9000) % 20000 + 1)::uuid, 'translator', 1
    FROM generate_series(5, {BOOKS}, 5) AS n;
    INSERT INTO library_copy (id, book_id, barcode, condition, note, status, created_at,
                              updated_at)
    SELECT md5('copy' || n)::uuid,
        md5('book' || CASE WHEN n <= {BOOKS} THEN n ELSE (n - {BOOKS}) * 2 END)::uuid,
        'T' || lpad(n::text, 9, '0'), 'good', '',
        CASE WHEN n <= {OPEN_LOANS} THEN 'on_loan' WHEN n % 50 = 0 THEN 'lost'
             ELSE 'available' END, now(), now()
    FROM generate_series(1, {COPIES}) AS n
'''
_LOANS = f'''
    INSERT INTO library_loan (id, book_id, copy_id, member_id, item_type, started_at, due_at,
        extensions, returned_at, policy, tariff_id, rate, charge, version, title_key, member_key)
    SELECT md5('loan' || n)::uuid, md5('book' || thing)::uuid, md5('copy' || thing)::uuid,
        md5('reader' || reader)::uuid,
        (ARRAY['regular', 'fiction', 'novel'])[thing % 3 + 1], start,
        start + interval '20 days', n % 2, CASE WHEN NOT open THEN start + interval '9 days' END,
        '{{"id": "01900000-0000-7000-8000-000000000001", "length_days": 20, "extensions": 1,
           "extension_days": 20, "grace_days": 0, "overdue_per_day": "0.50",
           "overdue_cap": "10.00", "rental": true}}',
        'v3', '{{"tiers": [{{"days": 2, "rate": "1.00"}}, {{"days": null, "rate": "1.50"}}],
                 "minimum": "2.00"}}',
        CASE WHEN NOT open THEN
            '{{"days": 9, "rent": "12.50", "overdue": "0.00", "total": "12.50"}}'::jsonb END, 1,
        (SELECT title_key FROM library_book WHERE id = md5('book' || thing)::uuid),
        'reader-' || reader
    FROM generate_series(1, {LOANS}) AS n,
        LATERAL (SELECT n <= {OPEN_LOANS} AS open, (n - 1) % {BOOKS} + 1 AS thing) AS facts,
        LATERAL (SELECT CASE WHEN open THEN n % {BORROWERS} ELSE n % {MEMBERS} END + 1
                 AS reader) AS people,
        LATERAL (SELECT CASE WHEN open THEN now() - (n % 30) * interval '1 day' - interval '1 hour'
                        ELSE now() - n % 1500 * interval '1 day' - interval '40 days'
                        - n * interval '1 second' END AS start) AS moment
'''
_MONEY = f'''
    INSERT INTO library_ledger_entry (id, member_id, kind, reason, amount, currency, loan_id,
                                      note, effective_at, created_at)
    SELECT md5('entry' || n)::uuid, md5('reader' || n % {MEMBERS} + 1)::uuid,
        CASE WHEN rent THEN 'charge' ELSE 'payment' END, CASE WHEN rent THEN 'rent' END,
        CASE WHEN rent THEN 12.50 ELSE -60.00 - n % 40 END, 'EUR',
        CASE WHEN rent THEN md5('loan' || n)::uuid END, '', at, at
    FROM generate_series(1, {ENTRIES}) AS n,
        LATERAL (SELECT n > {OPEN_LOANS} AS rent, now() - n % 1500 * interval '1 day'
                 - interval '31 days' - n * interval '1 second' AS at) AS facts
'''
_WAITING = f'''
    INSERT INTO library_hold (id, book_id, member_id, state, placed_at)
    SELECT md5('hold' || n)::uuid, md5('book' || n % {OPEN_LOANS} + 1)::uuid,
        md5('reader' || {BORROWERS} + n % ({MEMBERS} - {BORROWERS}) + 1)::uuid, 'waiting',
        now() - n * interval '1 minute'
    FROM generate_series(1, 20000) AS n;
    INSERT INTO library_favourite (id, book_id, member_id, created_at)
    SELECT md5('favourite' || n)::uuid, md5('book' || n * 2)::uuid,
        md5('reader' || n % {MEMBERS} + 1)::uuid, now() - n * interval '1 minute'
    FROM generate_series(1, 50000) AS n
'''


def row_id(thing: str, number: int) -> UUID:
    return UUID(hashlib.md5(f'{thing}{number}'.encode(), usedforsecurity=False).hexdigest())


def fill_library(link: psycopg.Connection[Any]) -> None:
    """Adds the rows to a database that has the schema; ``link`` is a superuser's, in autocommit.
    Takes some ten seconds."""
    # Without triggers and references: each row of 300,000 would be looked at several times.
    link.execute('SET session_replication_role = replica')
    link.execute("SET maintenance_work_mem = '256MB'")
    link.execute("SET work_mem = '64MB'")
    dropped = _drop_indexes(link)
    for statements in (_PEOPLE, _PARENTS, _BOOKS, _LOANS, _MONEY, _WAITING):
        for statement in statements.split(';'):
            link.execute(statement.encode())
    for definition in dropped:
        link.execute(definition.encode())
    link.execute('ANALYZE')
    for counted in _recounts():
        link.execute(counted.encode())
    link.execute('VACUUM ANALYZE')
    link.execute('RESET session_replication_role')


def _drop_indexes(link: psycopg.Connection[Any]) -> list[str]:
    """Those that stand for no constraint; how to make them again, which is faster afterwards."""
    found = link.execute('''
        SELECT pg_get_indexdef(indexrelid), indexrelid::regclass::text FROM pg_index
        WHERE NOT indisunique AND indrelid::regclass::text LIKE 'library%' ''').fetchall()
    for _, name in found:
        link.execute(f'DROP INDEX {name}'.encode())
    return [str(definition) for definition, _ in found]


def _recounts() -> list[str]:
    """What the migration counts for rows that were there before."""
    spec = spec_from_file_location('library_rules', _RULES)
    assert spec is not None and spec.loader is not None
    rules = module_from_spec(spec)
    spec.loader.exec_module(rules)
    return [statement for statement in rules.RECOUNT if 'INSERT' in statement]
