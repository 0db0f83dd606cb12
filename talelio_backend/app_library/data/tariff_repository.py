from datetime import datetime

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from talelio_backend.app_library.data.circulation_orm import loan_table
from talelio_backend.app_library.data.money_orm import tariff_table
from talelio_backend.app_library.domain.tariff import Tariff
from talelio_backend.shared.data.orm import Time

_T = tariff_table.c
_in_force = select(Tariff).where(_T.effective_from <= bindparam('at', type_=Time)).order_by(
    _T.effective_from.desc()).limit(1)


class SqlTariffRepository:
    """See the port ``TariffRepository``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, tariff: Tariff) -> None:
        self._session.add(tariff)

    def with_id(self, tariff_id: str) -> Tariff | None:
        # FOR UPDATE also waits for loans that are given it at this moment, and they for it.
        return self._session.get(Tariff, tariff_id, with_for_update=True)

    def in_force(self, at: datetime) -> Tariff | None:
        return self._session.scalars(_in_force, {'at': at}).one_or_none()

    def is_carried(self, tariff_id: str) -> bool:
        return bool(
            self._session.scalar(select(exists().where(loan_table.c.tariff_id == tariff_id))))

    def remove(self, tariff: Tariff) -> None:
        self._session.delete(tariff)
