from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Any

from talelio_backend.app_library.services.calendar_ports import Due


class IcalWriter:
    """See the port ``CalendarWriter``. Days are those of UTC, in which due dates are kept."""

    def __init__(self, client_url: str) -> None:
        self._client_url = client_url

    def write(self, loans: Sequence[Due]) -> bytes:
        # It takes long to load, and few processes ever write a calendar.
        from icalendar import Calendar
        calendar = Calendar()
        calendar.add('prodid', '-//talelio//library//EN')
        calendar.add('version', '2.0')
        for loan in loans:
            calendar.add_component(self._event(loan))
        content: bytes = calendar.to_ical()
        return content

    def _event(self, loan: Due) -> Any:
        from icalendar import Event
        day = loan.due_at.astimezone(UTC).date()
        event = Event()
        event.add('uid', str(loan.loan_id))
        # Not the present time: the same loans are the same calendar.
        event.add('dtstamp', loan.started_at.astimezone(UTC))
        event.add('sequence', loan.version - 1)
        event.add('dtstart', day)
        event.add('dtend', day + timedelta(days=1))
        event.add('summary', f'Return “{loan.title}”')
        event.add('url', f'{self._client_url}/library/books/{loan.book_id}')
        event.add('transp', 'TRANSPARENT')
        return event
