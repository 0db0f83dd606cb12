import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click

from talelio_backend.app_library.services.money_queries import LedgerQueries, MemberQueries
from talelio_backend.shared.domain.errors import DomainError


def statement_command(ledger: LedgerQueries, members: MemberQueries) -> click.Command:

    @click.command('statement')
    @click.argument('member')
    @click.option('--as-of',
                  type=click.DateTime(('%Y-%m-%d', '%Y-%m-%dT%H:%M:%SZ')),
                  help='A day or a moment in UTC; now where it is absent.')
    def statement(member: str, as_of: datetime | None) -> None:
        """What MEMBER (a username, a card number or an id) owes, with everything booked."""
        at = as_of.replace(tzinfo=UTC) if as_of else None
        try:
            member_id = members.find(member)
            balance = json.loads(ledger.balance(member_id, as_of=at, tariff_id=None).body)
        except DomainError as refused:
            raise click.ClickException(refused.detail) from refused
        until = datetime.fromisoformat(balance['as_of'])
        for line in _lines(balance, ledger.booked_until(member_id, until)):
            click.echo(line)

    return statement


def _lines(balance: dict[str, Any], booked: Iterator[tuple[str, ...]]) -> Iterator[str]:
    currency = balance['currency']
    yield f'{balance["member"]["username"]}, as of {balance["as_of"]}'
    yield ''
    for when, what, note, amount in booked:
        yield _line(f'{when}  {what:<18} {note}', amount)
    yield _line('Booked', f'{balance["ledger"]} {currency}')
    yield ''
    for item in balance['items']:
        days = f'{item["days"]} days' if item['days'] != 1 else '1 day'
        yield _line(
            f'{item["started_at"]}  {item["book"]["title"]}, {days}, rent '
            f'{item["rent"]}, overdue {item["overdue"]}', item['total'])
    yield _line('Open loans, beyond what is booked', f'{balance["accrued"]} {currency}')
    yield _line('Balance', f'{balance["balance"]} {currency}')


def _line(text: str, amount: str) -> str:
    return f'{text.rstrip():<86} {amount:>15}'
