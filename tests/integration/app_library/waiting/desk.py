"""What tests of holds say again and again."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from talelio_backend.app_library.area import plug
from talelio_backend.shared.domain.ids import new_id
from tests.authors import Person, Site
from tests.shelves import Shelved, Shelves

HOLDS, FAVOURITES = '/v1/library/holds', '/v1/library/favourites'
ADVANCE = 'library.advance_holds'
TERMS = {
    'id': '01900000-0000-7000-8000-000000000001',
    'length_days': 20,
    'extensions': 1,
    'extension_days': 20,
    'grace_days': 0,
    'overdue_per_day': '0.00',
    'overdue_cap': None,
    'rental': False,
}


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


class Desk:
    """A library whose copies go out and come back without the endpoints of loans."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.shelves = Shelves(site)

    def taken(self, title: str = 'Emma', *, copies: int = 1, **more: Any) -> Shelved:
        """A book of which every copy is out."""
        book = self.shelves.book(title, copies=copies, **more)
        self.site.execute("UPDATE library_copy SET status = 'on_loan' WHERE book_id = :id",
                          id=book.id)
        return book

    def lent(self, book: Shelved, person: Person, *, due_at: datetime | None = None) -> UUID:
        """A loan of the book's first copy; answers its id."""
        self.join(person)
        loan_id = new_id()
        self.site.execute(
            'INSERT INTO library_loan (id, book_id, copy_id, member_id, item_type, started_at, '
            'due_at, extensions, policy, version) SELECT :id, book_id, id, :member, '
            "'regular', :start, :due, 0, CAST(:terms AS jsonb), 1 FROM library_copy "
            'WHERE barcode = :barcode',
            id=loan_id,
            member=person.id,
            start=(due_at or datetime.now(UTC)) - timedelta(days=20),
            due=due_at or datetime.now(UTC) + timedelta(days=20),
            terms=json.dumps(TERMS),
            barcode=book.barcodes[0])
        return loan_id

    def join(self, person: Person) -> None:
        """Makes a member of the library of the person."""
        self.site.execute(
            'INSERT INTO library_member (id, card_number, notices, calendar_turn, created_at) '
            "VALUES (:id, replace(CAST(:id AS text), '-', ''), CAST(:notices AS jsonb), 0, now()) "
            'ON CONFLICT DO NOTHING',
            id=person.id,
            notices=json.dumps({
                'due_soon': True,
                'overdue': True,
                'holds': True
            }))

    def run(self, name: str, /, **arguments: Any) -> None:
        """Does a job of the library as the worker would."""
        run_job(self.site, name, **arguments)

    def statuses(self, book: Shelved) -> list[str]:
        rows = self.site.execute(
            'SELECT status FROM library_copy WHERE book_id = :id ORDER BY barcode', id=book.id)
        return [row.status for row in rows]


def run_job(site: Site, name: str, /, **arguments: Any) -> None:
    house = site.house
    handler, = (handler for handler in plug(house.kernel, house.settings).handlers
                if handler.name == name)
    handler.run(**arguments)


def place(person: Person, book: Shelved, **more: Any) -> dict[str, Any]:
    """A new hold; answers its document."""
    answer = person.post(HOLDS, json={'book_id': str(book.id)} | more)
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.get_json()
    return document


def shown(person: Person, hold: dict[str, Any]) -> dict[str, Any]:
    """The hold as it is now."""
    answer = person.get(f"{HOLDS}/{hold['id']}")
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.get_json()
    return document


def mails(site: Site) -> list[dict[str, Any]]:
    """The arguments of the jobs that send notices, oldest first."""
    rows = site.execute("SELECT args -> 'arguments' AS arguments FROM procrastinate_jobs "
                        "WHERE task_name = 'library.send_notice' ORDER BY id")
    return [row.arguments for row in rows]
