"""Where boats lie: a small area on the scratch database."""

from typing import Any

from sqlalchemy import Engine, text

from talelio_backend.shared.data.jobs import ProcrastinateJobs
from talelio_backend.shared.data.unit_of_work import Transactions
from tests.boats import Boat, BoatLaunched, BoatUnitOfWork, greet, record
from tests.fakes import FakeClock


def transactions_on(engine: Engine) -> Transactions:
    transactions = Transactions(engine=engine, clock=FakeClock(), jobs=ProcrastinateJobs(engine))
    transactions.recorders.append(record)
    transactions.add_reactions({BoatLaunched: [greet]})
    return transactions


class Harbour:
    """What a service has: units of work, opened anew for each use case."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._transactions = transactions_on(engine)

    def open_uow(self) -> BoatUnitOfWork:
        return BoatUnitOfWork(self._transactions)

    def launch(self, name: str, **more: int) -> Boat:
        with self.open_uow() as uow:
            boat = Boat.launch(name, **more)
            uow.boats.add(boat)
            uow.commit()
        return boat

    def names(self) -> list[str]:
        return self._column('SELECT name FROM boat ORDER BY name')

    def log(self) -> list[str]:
        return self._column('SELECT what FROM boat_log ORDER BY number')

    def jobs(self) -> list[tuple[str, Any]]:
        with self.engine.connect() as connection:
            rows = connection.execute(
                text('SELECT task_name, args FROM procrastinate_jobs ORDER BY id'))
            return [(row.task_name, row.args) for row in rows]

    def _column(self, statement: str) -> list[str]:
        with self.engine.connect() as connection:
            return [row[0] for row in connection.execute(text(statement))]
