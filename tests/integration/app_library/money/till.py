"""What tests of the money say again and again."""

from itertools import count
from typing import Any

from tests.authors import Person
from tests.integration.app_library.lending.counter import document

MEMBERS, TARIFFS, QUOTE = '/v1/library/members', '/v1/library/tariffs', '/v1/library/quote'
_numbers = count(1)


def ledger(member: Person) -> str:
    return f'{MEMBERS}/{member.id}/ledger'


def post(admin: Person, member: Person, key: str | None = None, **body: Any) -> Any:
    """The answer to an order of the staff, under a key of its own unless one is given."""
    headers = {'Idempotency-Key': key or f'order-{next(_numbers)}'}
    return admin.post(ledger(member), json=body, headers=headers)


def book(admin: Person, member: Person, kind: str, amount: str, **more: Any) -> dict[str, Any]:
    """A new entry; answers its document."""
    return document(post(admin, member, kind=kind, amount=amount, **more), 201)


def void(admin: Person, member: Person, entry: dict[str, Any]) -> dict[str, Any]:
    return document(post(admin, member, kind='void', voids=entry['id']), 201)


def entries(member: Person, query: str = '') -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document(member.get(f'{MEMBERS}/me/ledger{query}'))['entries']
    return found


def amounts(member: Person, query: str = '') -> list[str]:
    return [entry['amount'] for entry in entries(member, query)]


def balance(member: Person, query: str = '') -> dict[str, Any]:
    return document(member.get(f'{MEMBERS}/me/balance{query}'))


def sums(found: dict[str, Any]) -> tuple[str, str, str]:
    """Booked, not booked, together."""
    return found['ledger'], found['accrued'], found['balance']
