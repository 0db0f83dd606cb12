from collections.abc import Callable, Iterator

from talelio_backend.app_activity.domain.events import ActivityExported
from talelio_backend.app_activity.domain.formats import FORMATS
from talelio_backend.app_activity.services.ports import ActivityUnitOfWork, ExportRows
from talelio_backend.app_activity.services.queries import ActivityFilter

PART = 500  # rows


class ExportingService:
    """Hands the log out as a file of any length."""

    def __init__(self, *, open_uow: Callable[[], ActivityUnitOfWork], rows: ExportRows) -> None:
        self._open_uow = open_uow
        self._rows = rows

    def check(self, wanted: ActivityFilter) -> None:
        """Raises BadQuery for what could not be exported."""
        self._rows.check(wanted)

    def export(self, wanted: ActivityFilter, *, format_: str) -> Iterator[bytes]:
        """The file in parts, each read when it is asked for, so that nothing is held in between:
        in the order of the chain, what is not sealed yet last. That it was handed out is noted
        first. Raises BadQuery, KeyError for another format."""
        header, text = FORMATS[format_]
        self._rows.check(wanted)
        with self._open_uow() as uow:
            uow.record(ActivityExported(format=format_))
            uow.commit()

        def parts() -> Iterator[bytes]:
            yield header().encode()
            for rows in self._rows.parts(wanted, at_most=PART):
                yield text(rows).encode()

        return parts()
