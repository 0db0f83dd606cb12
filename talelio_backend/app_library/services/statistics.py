from typing import Protocol

from talelio_backend.shared.services.listing import Document


class StatisticsQueries(Protocol):
    """What a library counts, as JSON made by the database. Loans whose member was forgotten count
    like any other."""

    def public(self) -> Document:
        """Verified accounts that are not blocked, active books, loans of all time."""
        ...

    def dashboard(self) -> Document:
        """Loans by what became of them, holds, booked debt, and the loans of each category, the
        inactive ones too."""
        ...
