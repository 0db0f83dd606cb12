from types import TracebackType
from typing import Protocol, Self

from talelio_backend.shared.services.jobs import Job


class UnitOfWork(Protocol):
    """One transaction of one area. An area's own protocol adds its repositories.

    Leaving the context without ``commit`` rolls back, whatever happened in it.
    """

    def __enter__(self) -> Self:
        ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        ...

    def defer(self, job: Job) -> None:
        """Adds a job that is stored by ``commit``, with the change or not at all."""
        ...

    def flush(self) -> None:
        """Sends what is pending, so that a constraint speaks now. Raises the area's error for
        the constraint that refused."""
        ...

    def commit(self) -> None:
        """Writes the aggregates, one activity row per event, and the jobs, in one transaction.

        Raises the area's error for a constraint that refused, VersionMismatch when somebody else
        changed an aggregate meanwhile, DatabaseUnavailable.
        """
        ...

    def rollback(self) -> None:
        ...
