from collections.abc import Sequence

from sqlalchemy import exc, select

from talelio_backend.app_library.data.money_orm import ledger_table
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.domain.errors import Unavailable

_first = select(ledger_table.c.currency).limit(1)


def currency_faults(read: ReadDatabase, currency: str) -> Sequence[str]:
    """What is wrong with a ``currency`` in which the ledger is not kept. Nothing where nobody can
    tell: the database is down, or has no schema yet. It refuses a foreign entry by itself."""
    try:
        row = read.one(_first)
    except (Unavailable, exc.DBAPIError):
        return ()
    if row is None or row.currency == currency:
        return ()
    return (f'TALELIO_CURRENCY is {currency}, and the ledger of the library is kept in '
            f'{row.currency}: set it back, amounts are not converted', )
