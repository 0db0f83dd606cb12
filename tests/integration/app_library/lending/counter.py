"""What tests of the lending desk say again and again."""

from datetime import datetime
from typing import Any

from tests.authors import Person, Site
from tests.shelves import Shelved

LOANS, HOLDS, POLICIES = '/v1/library/loans', '/v1/library/holds', '/v1/library/policies'
RETURNS = '/v1/library/returns'
CATCH_ALL = f'{POLICIES}/01900000-0000-7000-8000-000000000001'


def rfc3339(moment: datetime) -> str:
    return moment.isoformat(timespec='microseconds').replace('+00:00', 'Z')


def refusal(answer: Any) -> tuple[int, str]:
    """Status and code of a problem."""
    assert answer.content_type == 'application/problem+json', answer.text
    return answer.status_code, answer.get_json()['code']


def faults(answer: Any) -> list[tuple[str, str]]:
    """Pointer and code of each fault of a 422 or 400."""
    assert answer.status_code in (400, 422), answer.text
    return [(fault['pointer'], fault['code']) for fault in answer.get_json()['errors']]


def ask(person: Person, book: Shelved, **more: Any) -> Any:
    """The answer to a borrowing."""
    return person.post(LOANS, json={'book_id': str(book.id)} | more)


def borrow(person: Person, book: Shelved, **more: Any) -> dict[str, Any]:
    """A new loan; answers its document."""
    return document(ask(person, book, **more), 201)


def act(person: Person, loan: dict[str, Any], what: str, **body: Any) -> dict[str, Any]:
    """Returns, extends or loses the loan; answers its document."""
    return document(tell(person, loan, what, **body))


def tell(person: Person, loan: dict[str, Any], what: str, **body: Any) -> Any:
    """The answer to that."""
    return person.post(f"{LOANS}/{loan['id']}/{what}", **({'json': body} if body else {}))


def shown(person: Person, loan: dict[str, Any]) -> dict[str, Any]:
    """The loan as it is now."""
    return document(person.get(f"{LOANS}/{loan['id']}"))


def document(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def policy(admin: Person, **changes: Any) -> None:
    """Changes what counts for everybody and everything."""
    document(admin.patch(CATCH_ALL, json=changes))


def statuses(site: Site, book: Shelved) -> list[str]:
    """Of the copies of a book, in the order of their barcodes."""
    rows = site.execute('SELECT status FROM library_copy WHERE book_id = :id ORDER BY barcode',
                        id=book.id)
    return [row.status for row in rows]


def entries(site: Site, loan: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Kind, reason and amount of what the ledger says of a loan, oldest first."""
    rows = site.execute(
        'SELECT kind, reason, amount FROM library_ledger_entry WHERE loan_id = :id '
        'ORDER BY created_at, id',
        id=loan['id'])
    return [(row.kind, row.reason, str(row.amount)) for row in rows]
