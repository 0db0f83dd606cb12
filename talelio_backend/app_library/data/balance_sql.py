"""The statement behind a balance: loans, prices and sums in one go. Written as SQL, since it is
read as such: one statement of four variants, at present or as of a moment, of the prices that
were agreed or of another tariff."""

from typing import Any

from sqlalchemy import BindParameter, Boolean, Numeric, String, TextualSelect, bindparam, text

from talelio_backend.shared.data.orm import Id, Time

MOST_ITEMS = 1000

_PRESENT = 'loan.returned_at IS NULL'
_THEN = 'loan.started_at <= :at AND (loan.returned_at IS NULL OR loan.returned_at > :at)'
_EVER = 'loan.started_at <= :at'
_ENDED = 'loan.returned_at <= :at'
# An admin's word is that no tariff makes a loan cost something which its policy lends for nothing.
_SIMULATED_RATE = '''
    CASE WHEN (loan.policy ->> 'rental')::boolean THEN
        coalesce(jsonb_path_query_first(tariff.rates, '$[*] ? (@.item_type == $type)',
                                        jsonb_build_object('type', loan.item_type)),
                 jsonb_path_query_first(tariff.rates, '$[*] ? (@.item_type == null)')) END'''
_BOOKED = '''
    CASE WHEN loan.due_at <= :at THEN
        (SELECT coalesce(sum(amount), 0) FROM library_ledger_entry
         WHERE loan_id = loan.id AND overdue_day >= loan.due_at AND effective_at <= :at)
    ELSE 0 END'''
_ENTRIES = '''
    (SELECT coalesce(sum(amount), 0) FROM library_ledger_entry
     WHERE member_id = :member AND effective_at <= :at{only})'''
_NEITHER_RENT_NOR_OVERDUE = " AND coalesce(reason NOT IN ('rent', 'overdue'), true)"


def balance_statement(*, simulated: bool, past: bool) -> TextualSelect:
    """Binds ``member``, ``at``, ``currency`` and ``credit_limit``, and where it is simulated
    ``tariff``. One row (``body``, ``tariff_known``), none where there is no such person."""
    loans = _loans(simulated=simulated, past=past)
    ledger = _ENTRIES.format(only='') if simulated or past else 'coalesce(figures.ledger, 0)'
    if simulated:
        accrued, base = '0.00', _ENTRIES.format(only=_NEITHER_RENT_NOR_OVERDUE)
        balance = f'{base} + sums.total'
    else:
        accrued = 'sums.total - sums.booked'
        balance = f'{ledger} + {accrued}'
    binds: list[BindParameter[Any]] = [
        bindparam('member', type_=Id),
        bindparam('at', type_=Time),
        bindparam('currency', type_=String),
        bindparam('credit_limit', type_=Numeric),
    ]
    if simulated:
        binds.append(bindparam('tariff', type_=String))
    return text(f'''
WITH loans AS MATERIALIZED (
    SELECT loan.*, price.*
    FROM ({loans}) AS loan CROSS JOIN LATERAL library_price(loan.rate, loan.days) AS price
), sums AS (
    SELECT coalesce(sum(rent + overdue), 0) AS total, coalesce(sum(booked), 0) AS booked
    FROM loans
), items AS (
    SELECT json_build_object(
        'loan_id', loans.id, 'book', json_build_object('id', book.id, 'title', book.title),
        'item_type', loans.item_type, 'tariff', loans.tariff,
        'started_at', {_time('loans.started_at')}, 'ended_at', {_time('loans.ended_at')},
        'open', loans.ended_at IS NULL, 'days', loans.days, 'rent', {_money('rent')},
        'overdue', {_money('overdue')}, 'total', {_money('rent + overdue')},
        'minimum_applied', loans.minimum_applied, 'lines', loans.lines::json) AS item
    FROM (SELECT * FROM loans ORDER BY started_at DESC, id DESC LIMIT {MOST_ITEMS}) AS loans
    JOIN library_book AS book ON book.id = loans.book_id
    ORDER BY loans.started_at DESC, loans.id DESC
)
SELECT json_build_object(
    'member', json_build_object('id', person.id, 'username', person.username),
    'currency', :currency, 'as_of', {_time(':at')},
    'tariff', {':tariff' if simulated else 'NULL'}, 'simulated', {str(simulated).lower()},
    'balance', {_money(balance)}, 'ledger', {_money(ledger)}, 'accrued', {_money(accrued)},
    'credit_limit', {_money('coalesce(member.credit_limit, :credit_limit)')},
    'items', (SELECT coalesce(json_agg(item), '[]') FROM items))::text AS body,
    {'EXISTS (SELECT FROM library_tariff WHERE id = :tariff)' if simulated else 'true'}
        AS tariff_known
FROM "user" AS person
LEFT JOIN library_member AS member ON member.id = person.id
LEFT JOIN library_member_figures AS figures ON figures.member_id = person.id
CROSS JOIN sums
WHERE person.id = :member
''').bindparams(*binds).columns(tariff_known=Boolean)


def _loans(*, simulated: bool, past: bool) -> str:
    """The member's loans that count, each with what it is priced by."""
    if not simulated:
        return f'''
    SELECT loan.id, book_id, item_type, tariff_id AS tariff, started_at,
           NULL::timestamptz AS ended_at, rate, library_days(started_at, :at) AS days,
           library_overdue(policy, library_days(due_at, :at)) AS overdue, {_BOOKED} AS booked
    FROM library_loan AS loan
    WHERE member_id = :member AND {_THEN if past else _PRESENT}'''
    return f'''
    SELECT loan.id, book_id, item_type, :tariff AS tariff, started_at,
           CASE WHEN {_ENDED} THEN returned_at END AS ended_at, {_SIMULATED_RATE} AS rate,
           library_days(started_at, least(returned_at, :at)) AS days,
           CASE WHEN {_ENDED} THEN (charge ->> 'overdue')::numeric
           ELSE library_overdue(policy, library_days(due_at, :at)) END AS overdue, 0 AS booked
    FROM library_loan AS loan JOIN library_tariff AS tariff ON tariff.id = :tariff
    WHERE member_id = :member AND {_EVER}'''


def _money(amount: str) -> str:
    return f"to_char({amount}, 'FM9999999990.00')"


def _time(moment: str) -> str:
    return f"""to_char({moment}, 'YYYY-MM-DD"T"HH24\\:MI\\:SS.US"Z"')"""
