from sqlalchemy import text
from sqlalchemy.orm import Session

# No row: what it keeps still is the catalogue as a whole, and ours among all advisory locks.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('library_catalogue', 0))")


class SqlCatalogueLock:
    """See the port ``CatalogueLock``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def lock(self) -> None:
        self._session.execute(_LOCK)
