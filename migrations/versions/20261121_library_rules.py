"""what the library's database counts, prices and refuses by itself, and its first rows"""

import json
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '20261121_library_rules'
down_revision: str | None = '20261121_library'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Prices, by the rule of app_library/domain/pricing.py, for the rows of lists and balances.
PRICING = ('''
CREATE FUNCTION library_days(start timestamptz, until timestamptz) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT greatest(0, ceil(extract(epoch FROM until - start) / 86400))::integer
$$
''', '''
CREATE FUNCTION library_price(rate jsonb, days integer, OUT rent numeric,
                              OUT minimum_applied boolean, OUT lines text)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    tiers jsonb := rate -> 'tiers';
    minimum numeric := (rate ->> 'minimum')::numeric;
    remaining integer := days;
    here integer;
    price text;
BEGIN
    rent := 0.00;
    lines := '';
    -- A loop over places and no query: of many loans, this is most of what a balance costs.
    FOR place IN 0 .. coalesce(jsonb_array_length(tiers), 0) - 1 LOOP
        EXIT WHEN remaining <= 0;
        here := least(remaining, coalesce((tiers -> place ->> 'days')::integer, remaining));
        price := tiers -> place ->> 'rate';
        rent := rent + here * price::numeric;
        lines := lines || CASE WHEN place = 0 THEN '' ELSE ',' END || '{"days":' || here
            || ',"rate":"' || price || '","amount":"' || here * price::numeric || '"}';
        remaining := remaining - here;
    END LOOP;
    lines := '[' || lines || ']';
    minimum_applied := coalesce(minimum > rent, false);
    rent := greatest(minimum, rent);
END
$$
''', '''
CREATE FUNCTION library_rent(rate jsonb, days integer) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (library_price(rate, days)).rent;
END
$$
''', '''
CREATE FUNCTION library_overdue(policy jsonb, days_late integer) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN days_late <= (policy ->> 'grace_days')::integer THEN 0.00
        ELSE least(days_late * (policy ->> 'overdue_per_day')::numeric,
                   (policy ->> 'overdue_cap')::numeric) END
$$
''')

# Books, copies, loans and holds are counted in the transaction that changes them, whoever does.
# A book's figures are guarded by the lock on the book. Those of categories and authors are shared
# by many books: they are locked last, in the order category, authors by id, and for loans at the
# very end of the transaction, so that loans of one category hardly wait for each other.
COUNTING = ('''
CREATE FUNCTION library_count_new_books() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO library_book_figures (book_id) SELECT id FROM new_rows;
    PERFORM 1 FROM library_category_figures
    WHERE category_id IN (SELECT category_id FROM new_rows)
    ORDER BY category_id FOR NO KEY UPDATE;
    UPDATE library_category_figures AS figures
    SET all_books_count = figures.all_books_count + more.books,
        books_count = figures.books_count + more.active
    FROM (SELECT category_id, count(*) AS books,
                 count(*) FILTER (WHERE deactivated_at IS NULL) AS active
          FROM new_rows GROUP BY category_id) AS more
    WHERE figures.category_id = more.category_id;
    RETURN NULL;
END
$$
''', '''
CREATE FUNCTION library_count_changed_books() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The rows before and after are grouped and not joined: the plan is kept from the first call,
    -- which mostly sees one book, and as a nested loop it would never end for many thousands.
    IF NOT EXISTS (
        SELECT FROM (SELECT id, category_id, deactivated_at IS NULL AS active, -1 AS sign
                     FROM old_rows
                     UNION ALL SELECT id, category_id, deactivated_at IS NULL, 1 FROM new_rows
                    ) AS sides
        GROUP BY id, category_id, active HAVING sum(sign) <> 0
    ) THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM library_category_figures
    WHERE category_id IN (SELECT category_id FROM old_rows UNION SELECT category_id FROM new_rows)
    ORDER BY category_id FOR NO KEY UPDATE;
    UPDATE library_category_figures AS figures
    SET all_books_count = figures.all_books_count + more.books,
        books_count = figures.books_count + more.active,
        loans_count = figures.loans_count + more.loans,
        active_loans_count = figures.active_loans_count + more.active_loans
    FROM (
        SELECT category_id, sum(sign) AS books, sum(sign * active) AS active,
               sum(sign * loans) AS loans, sum(sign * active_loans) AS active_loans
        FROM (
            SELECT side.category_id, side.sign, (side.deactivated_at IS NULL)::integer AS active,
                   book.loans_count AS loans, book.active_loans_count AS active_loans
            FROM (SELECT id, category_id, deactivated_at, -1 AS sign FROM old_rows
                  UNION ALL SELECT id, category_id, deactivated_at, 1 FROM new_rows) AS side
            JOIN library_book_figures AS book ON book.book_id = side.id
        ) AS sides GROUP BY category_id
    ) AS more
    WHERE figures.category_id = more.category_id
        AND (more.books, more.active, more.loans, more.active_loans) <> (0, 0, 0, 0);
    PERFORM 1 FROM library_author_figures WHERE author_id IN (
        SELECT author_id FROM library_book_author JOIN new_rows ON book_id = new_rows.id)
    ORDER BY author_id FOR NO KEY UPDATE;
    UPDATE library_author_figures AS figures
    SET books_count = figures.books_count + more.active
    FROM (
        SELECT author_id, sum(change) AS active
        FROM (SELECT DISTINCT author_id, book_id, change
              FROM (SELECT id, sum(sign) AS change
                    FROM (SELECT id, -1 AS sign FROM old_rows WHERE deactivated_at IS NULL
                          UNION ALL SELECT id, 1 FROM new_rows WHERE deactivated_at IS NULL
                         ) AS sides
                    GROUP BY id HAVING sum(sign) <> 0) AS turned
              JOIN library_book_author ON book_id = turned.id) AS changes
        GROUP BY author_id
    ) AS more
    WHERE figures.author_id = more.author_id AND more.active <> 0;
    RETURN NULL;
END
$$
''', '''
CREATE FUNCTION library_count_contributions(pairs jsonb, sign integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM library_author_figures
    WHERE author_id IN (SELECT (pair ->> 1)::uuid FROM jsonb_array_elements(pairs) AS pair)
    ORDER BY author_id FOR NO KEY UPDATE;
    UPDATE library_author_figures AS figures
    SET all_books_count = figures.all_books_count + more.books,
        books_count = figures.books_count + more.active,
        loans_count = figures.loans_count + more.loans,
        active_loans_count = figures.active_loans_count + more.active_loans
    FROM (
        SELECT (pair ->> 1)::uuid AS author_id, sign * count(*) AS books,
               sign * count(*) FILTER (WHERE book.deactivated_at IS NULL) AS active,
               sign * sum(counted.loans_count) AS loans,
               sign * sum(counted.active_loans_count) AS active_loans
        FROM jsonb_array_elements(pairs) AS pair
        JOIN library_book AS book ON book.id = (pair ->> 0)::uuid
        JOIN library_book_figures AS counted ON counted.book_id = book.id
        GROUP BY 1
    ) AS more
    WHERE figures.author_id = more.author_id;
END
$$
''', '''
CREATE FUNCTION library_count_new_contributions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- An author of several roles has the book once.
    PERFORM library_count_contributions(
        (SELECT coalesce(jsonb_agg(jsonb_build_array(book_id, author_id)), '[]')
         FROM (SELECT book_id, author_id, count(*) AS added FROM new_rows
               GROUP BY book_id, author_id) AS pairs
         WHERE added = (SELECT count(*) FROM library_book_author AS present
                        WHERE present.book_id = pairs.book_id
                            AND present.author_id = pairs.author_id)), 1);
    RETURN NULL;
END
$$
''', '''
CREATE FUNCTION library_count_old_contributions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM library_count_contributions(
        (SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_array(book_id, author_id)), '[]')
         FROM old_rows
         WHERE NOT EXISTS (SELECT FROM library_book_author AS present
                           WHERE present.book_id = old_rows.book_id
                               AND present.author_id = old_rows.author_id)), -1);
    RETURN NULL;
END
$$
''', '''
CREATE FUNCTION library_count_copies() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owned integer := (NEW.status NOT IN ('lost', 'withdrawn'))::integer;
    free integer := (NEW.status = 'available')::integer;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        owned := owned - (OLD.status NOT IN ('lost', 'withdrawn'))::integer;
        free := free - (OLD.status = 'available')::integer;
    END IF;
    IF owned <> 0 OR free <> 0 THEN
        UPDATE library_book_figures
        SET number_owned = number_owned + owned, available_copies = available_copies + free
        WHERE book_id = NEW.book_id;
    END IF;
    RETURN NULL;
END
$$
''', '''
CREATE FUNCTION library_count_loans() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    begun integer := (TG_OP = 'INSERT')::integer;
    open integer := (NEW.returned_at IS NULL)::integer;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        open := open - (OLD.returned_at IS NULL)::integer;
    END IF;
    IF begun = 0 AND open = 0 THEN
        RETURN NULL;
    END IF;
    IF TG_NAME = 'library_loan_book_figures' THEN
        UPDATE library_book_figures
        SET loans_count = loans_count + begun, active_loans_count = active_loans_count + open
        WHERE book_id = NEW.book_id;
        RETURN NULL;
    END IF;
    UPDATE library_category_figures
    SET loans_count = loans_count + begun, active_loans_count = active_loans_count + open
    WHERE category_id = (SELECT category_id FROM library_book WHERE id = NEW.book_id);
    PERFORM 1 FROM library_author_figures
    WHERE author_id IN (SELECT author_id FROM library_book_author WHERE book_id = NEW.book_id)
    ORDER BY author_id FOR NO KEY UPDATE;
    UPDATE library_author_figures
    SET loans_count = loans_count + begun, active_loans_count = active_loans_count + open
    WHERE author_id IN (SELECT author_id FROM library_book_author WHERE book_id = NEW.book_id);
    RETURN NULL;
END
$$
''', '''
CREATE FUNCTION library_count_holds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE change integer := (NEW.state IN ('waiting', 'suspended', 'ready'))::integer;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        change := change - (OLD.state IN ('waiting', 'suspended', 'ready'))::integer;
    END IF;
    IF change <> 0 THEN
        UPDATE library_book_figures SET holds_count = holds_count + change
        WHERE book_id = NEW.book_id;
    END IF;
    RETURN NULL;
END
$$
''', '''
CREATE FUNCTION library_begin_figures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'library_author' THEN
        INSERT INTO library_author_figures (author_id) VALUES (NEW.id);
    ELSE
        INSERT INTO library_category_figures (category_id) VALUES (NEW.id);
    END IF;
    RETURN NULL;
END
$$
''', '''
CREATE FUNCTION library_begin_member_figures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO library_member_figures (member_id) SELECT id FROM new_rows;
    RETURN NULL;
END
$$
''', '''
CREATE FUNCTION library_count_new_loans_of_members() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE library_member_figures AS figures
    SET loans_count = figures.loans_count + more.loans,
        active_loans_count = figures.active_loans_count + more.active_loans
    FROM (SELECT member_id, count(*) AS loans,
                 count(*) FILTER (WHERE returned_at IS NULL) AS active_loans
          FROM new_rows GROUP BY member_id) AS more
    WHERE figures.member_id = more.member_id;
    RETURN NULL;
END
$$
''', '''
CREATE FUNCTION library_count_loans_of_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE library_member_figures
    SET active_loans_count = active_loans_count + (NEW.returned_at IS NULL)::integer
        - (OLD.returned_at IS NULL)::integer
    WHERE member_id = NEW.member_id;
    RETURN NULL;
END
$$
''', '''
CREATE FUNCTION library_sum_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows
               WHERE currency <> (SELECT currency FROM library_ledger_entry LIMIT 1)) THEN
        RAISE EXCEPTION 'the ledger is kept in another currency'
            USING ERRCODE = 'restrict_violation';
    END IF;
    UPDATE library_member_figures AS figures SET ledger = figures.ledger + more.amount
    FROM (SELECT member_id, sum(amount) AS amount FROM new_rows GROUP BY member_id) AS more
    WHERE figures.member_id = more.member_id;
    RETURN NULL;
END
$$
''')

# A loan is sorted by what its book and its member are called; who gives either another name
# renames the loans as well. Whoever begins a loan has locked the book, and here the user.
NAMING = ('''
CREATE FUNCTION library_name_loan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.title_key := (SELECT title_key FROM library_book WHERE id = NEW.book_id);
    NEW.member_key := (SELECT lower(username) FROM "user" WHERE id = NEW.member_id FOR SHARE);
    RETURN NEW;
END
$$
''', '''
CREATE FUNCTION library_rename_loans() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'library_book' THEN
        PERFORM 1 FROM library_loan WHERE book_id = NEW.id ORDER BY id FOR NO KEY UPDATE;
        UPDATE library_loan SET title_key = NEW.title_key WHERE book_id = NEW.id;
    ELSE
        PERFORM 1 FROM library_loan WHERE member_id = NEW.id ORDER BY id FOR NO KEY UPDATE;
        UPDATE library_loan SET member_key = lower(NEW.username) WHERE member_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$
''')

GUARD = '''
CREATE FUNCTION library_ledger_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries of the ledger are neither changed nor removed'
        USING ERRCODE = 'restrict_violation';
END
$$
'''

TRIGGERS = (
    '''CREATE TRIGGER library_author_figures AFTER INSERT ON library_author
       FOR EACH ROW EXECUTE FUNCTION library_begin_figures()''',
    '''CREATE TRIGGER library_category_figures AFTER INSERT ON library_category
       FOR EACH ROW EXECUTE FUNCTION library_begin_figures()''',
    '''CREATE TRIGGER library_book_new_figures AFTER INSERT ON library_book
       REFERENCING NEW TABLE AS new_rows
       FOR EACH STATEMENT EXECUTE FUNCTION library_count_new_books()''',
    '''CREATE TRIGGER library_book_changed_figures AFTER UPDATE ON library_book
       REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
       FOR EACH STATEMENT EXECUTE FUNCTION library_count_changed_books()''',
    '''CREATE TRIGGER library_book_author_new_figures AFTER INSERT ON library_book_author
       REFERENCING NEW TABLE AS new_rows
       FOR EACH STATEMENT EXECUTE FUNCTION library_count_new_contributions()''',
    '''CREATE TRIGGER library_book_author_old_figures AFTER DELETE ON library_book_author
       REFERENCING OLD TABLE AS old_rows
       FOR EACH STATEMENT EXECUTE FUNCTION library_count_old_contributions()''',
    '''CREATE TRIGGER library_loan_names BEFORE INSERT OR UPDATE OF member_id ON library_loan
       FOR EACH ROW EXECUTE FUNCTION library_name_loan()''',
    '''CREATE TRIGGER library_book_renamed AFTER UPDATE OF title_key ON library_book
       FOR EACH ROW WHEN (OLD.title_key <> NEW.title_key)
       EXECUTE FUNCTION library_rename_loans()''',
    '''CREATE TRIGGER library_user_renamed AFTER UPDATE OF username ON "user"
       FOR EACH ROW WHEN (OLD.username <> NEW.username)
       EXECUTE FUNCTION library_rename_loans()''',
    '''CREATE TRIGGER library_copy_figures AFTER INSERT OR UPDATE OF status ON library_copy
       FOR EACH ROW EXECUTE FUNCTION library_count_copies()''',
    '''CREATE TRIGGER library_loan_book_figures AFTER INSERT OR UPDATE OF returned_at
       ON library_loan FOR EACH ROW EXECUTE FUNCTION library_count_loans()''',
    '''CREATE CONSTRAINT TRIGGER library_loan_catalogue_figures
       AFTER INSERT OR UPDATE OF returned_at ON library_loan
       DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION library_count_loans()''',
    '''CREATE TRIGGER library_hold_figures AFTER INSERT OR UPDATE OF state ON library_hold
       FOR EACH ROW EXECUTE FUNCTION library_count_holds()''',
    '''CREATE TRIGGER library_member_figures AFTER INSERT ON library_member
       REFERENCING NEW TABLE AS new_rows
       FOR EACH STATEMENT EXECUTE FUNCTION library_begin_member_figures()''',
    '''CREATE TRIGGER library_loan_new_member_figures AFTER INSERT ON library_loan
       REFERENCING NEW TABLE AS new_rows
       FOR EACH STATEMENT EXECUTE FUNCTION library_count_new_loans_of_members()''',
    '''CREATE TRIGGER library_loan_member_figures AFTER UPDATE OF returned_at ON library_loan
       FOR EACH ROW EXECUTE FUNCTION library_count_loans_of_member()''',
    '''CREATE TRIGGER library_ledger_figures AFTER INSERT ON library_ledger_entry
       REFERENCING NEW TABLE AS new_rows
       FOR EACH STATEMENT EXECUTE FUNCTION library_sum_entries()''',
    '''CREATE TRIGGER library_ledger_rows BEFORE UPDATE OR DELETE ON library_ledger_entry
       FOR EACH ROW EXECUTE FUNCTION library_ledger_guard()''',
    '''CREATE TRIGGER library_ledger_whole BEFORE TRUNCATE ON library_ledger_entry
       FOR EACH STATEMENT EXECUTE FUNCTION library_ledger_guard()''',
    'ALTER TABLE library_ledger_entry ENABLE ALWAYS TRIGGER library_ledger_rows',
    'ALTER TABLE library_ledger_entry ENABLE ALWAYS TRIGGER library_ledger_whole',
)

FUNCTIONS = ('library_rename_loans()', 'library_name_loan()', 'library_ledger_guard()',
             'library_sum_entries()', 'library_count_loans_of_member()',
             'library_count_new_loans_of_members()', 'library_begin_member_figures()',
             'library_begin_figures()', 'library_count_holds()', 'library_count_loans()',
             'library_count_copies()', 'library_count_old_contributions()',
             'library_count_new_contributions()', 'library_count_contributions(jsonb, integer)',
             'library_count_changed_books()', 'library_count_new_books()',
             'library_overdue(jsonb, integer)', 'library_rent(jsonb, integer)',
             'library_price(jsonb, integer)', 'library_days(timestamptz, timestamptz)')


def flat(rate: str, minimum: str = '0.00') -> dict[str, object]:
    return {'tiers': [{'days': None, 'rate': rate}], 'minimum': minimum}


# The first two days of a regular loan by v3 are cheaper.
STEPPED: dict[str, object] = {
    'tiers': [{
        'days': 2,
        'rate': '1.00'
    }, {
        'days': None,
        'rate': '1.50'
    }],
    'minimum': '2.00',
}
TARIFFS = (
    ('v1', '2020-01-01', {
        None: flat('1.00'),
        'regular': flat('1.00'),
        'fiction': flat('1.00'),
        'novel': flat('1.00')
    }),
    ('v2', '2020-02-01', {
        None: flat('1.50'),
        'regular': flat('1.50'),
        'fiction': flat('3.00'),
        'novel': flat('1.50')
    }),
    ('v3', '2020-03-01', {
        None: STEPPED,
        'regular': STEPPED,
        'fiction': flat('3.00'),
        'novel': flat('1.50', '4.50')
    }),
)


def seed() -> None:
    link = op.get_bind()
    for name in ('regular', 'fiction', 'novel'):
        link.execute(
            sa.text('INSERT INTO library_item_type (id, label) VALUES (:id, :label) '
                    'ON CONFLICT DO NOTHING'), {
                        'id': name,
                        'label': name.capitalize()
                    })
    link.execute(
        sa.text('''
        INSERT INTO library_policy (id, length_days, extensions, extension_days, holds_allowed,
                                    max_holds, pickup_days, grace_days, overdue_per_day, rental,
                                    created_at)
        VALUES ('01900000-0000-7000-8000-000000000001', 20, 1, 20, true, 10, 7, 0, 0.00, true,
                now()) ON CONFLICT DO NOTHING'''))
    for name, begin, rates in TARIFFS:
        rows = [{'item_type': item_type, **rate} for item_type, rate in rates.items()]
        link.execute(
            sa.text('''
            INSERT INTO library_tariff (id, label, effective_from, currency, rates, created_at)
            VALUES (:id, :label, CAST(:begin AS timestamptz), :currency, CAST(:rates AS jsonb),
                    now()) ON CONFLICT DO NOTHING'''), {
                'id': name,
                'label': f'Price list {name[1:]}',
                'begin': f'{begin}T00:00:00Z',
                'currency': 'EUR',
                'rates': json.dumps(rows)
            })


# What was there before anybody counted.
RECOUNT = ('''
INSERT INTO library_book_figures (book_id, number_owned, available_copies, loans_count,
                                  active_loans_count, holds_count)
SELECT id,
    (SELECT count(*) FROM library_copy
     WHERE book_id = book.id AND status NOT IN ('lost', 'withdrawn')),
    (SELECT count(*) FROM library_copy WHERE book_id = book.id AND status = 'available'),
    (SELECT count(*) FROM library_loan WHERE book_id = book.id),
    (SELECT count(*) FROM library_loan WHERE book_id = book.id AND returned_at IS NULL),
    (SELECT count(*) FROM library_hold
     WHERE book_id = book.id AND state IN ('waiting', 'suspended', 'ready'))
FROM library_book AS book
''', '''
INSERT INTO library_category_figures
SELECT category.id, count(book.id) FILTER (WHERE book.deactivated_at IS NULL), count(book.id),
       coalesce(sum(figures.loans_count), 0), coalesce(sum(figures.active_loans_count), 0)
FROM library_category AS category
LEFT JOIN library_book AS book ON book.category_id = category.id
LEFT JOIN library_book_figures AS figures ON figures.book_id = book.id
GROUP BY category.id
''', '''
INSERT INTO library_author_figures
SELECT author.id, count(book.id) FILTER (WHERE book.deactivated_at IS NULL), count(book.id),
       coalesce(sum(figures.loans_count), 0), coalesce(sum(figures.active_loans_count), 0)
FROM library_author AS author
LEFT JOIN (SELECT DISTINCT author_id, book_id FROM library_book_author) AS share
    ON share.author_id = author.id
LEFT JOIN library_book AS book ON book.id = share.book_id
LEFT JOIN library_book_figures AS figures ON figures.book_id = book.id
GROUP BY author.id
''', '''
INSERT INTO library_member_figures
SELECT id,
    (SELECT coalesce(sum(amount), 0) FROM library_ledger_entry WHERE member_id = member.id),
    (SELECT count(*) FROM library_loan WHERE member_id = member.id),
    (SELECT count(*) FROM library_loan WHERE member_id = member.id AND returned_at IS NULL)
FROM library_member AS member
''', '''
UPDATE library_loan AS loan
SET title_key = book.title_key,
    member_key = (SELECT lower(username) FROM "user" WHERE id = loan.member_id)
FROM library_book AS book WHERE book.id = loan.book_id
''')
SEQUENCES = ('library_barcode', 'library_card_number')
FIGURES = ('library_book_figures', 'library_category_figures', 'library_author_figures',
           'library_member_figures')


def upgrade() -> None:
    for sequence in SEQUENCES:
        op.execute(f'CREATE SEQUENCE {sequence}')
    for table in FIGURES:
        op.execute(f'DELETE FROM {table}')
    for statement in (*PRICING, *COUNTING, *NAMING, GUARD, *RECOUNT, *TRIGGERS):
        op.execute(sa.text(statement.replace(':', r'\:')))
    seed()


def downgrade() -> None:
    # The tables and their triggers go with the revision before; what refuses goes first.
    for table, trigger in (('library_loan', 'library_loan_names'), ('library_book',
                                                                    'library_book_renamed'),
                           ('"user"', 'library_user_renamed'), ('library_author',
                                                                'library_author_figures'),
                           ('library_category',
                            'library_category_figures'), ('library_book',
                                                          'library_book_new_figures'),
                           ('library_book',
                            'library_book_changed_figures'), ('library_book_author',
                                                              'library_book_author_new_figures'),
                           ('library_book_author', 'library_book_author_old_figures'),
                           ('library_copy', 'library_copy_figures'), ('library_loan',
                                                                      'library_loan_book_figures'),
                           ('library_loan', 'library_loan_catalogue_figures'),
                           ('library_hold', 'library_hold_figures'), ('library_member',
                                                                      'library_member_figures'),
                           ('library_loan', 'library_loan_new_member_figures'),
                           ('library_loan',
                            'library_loan_member_figures'), ('library_ledger_entry',
                                                             'library_ledger_figures'),
                           ('library_ledger_entry',
                            'library_ledger_rows'), ('library_ledger_entry',
                                                     'library_ledger_whole')):
        op.execute(f'DROP TRIGGER {trigger} ON {table}')
    for function in FUNCTIONS:
        op.execute(f'DROP FUNCTION {function}')
    for sequence in SEQUENCES:
        op.execute(f'DROP SEQUENCE {sequence}')
