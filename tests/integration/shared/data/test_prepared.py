from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import (Boolean, Integer, Text, bindparam, cast, func, literal, literal_column,
                        select, text)
from sqlalchemy.exc import DBAPIError

from talelio_backend.bootstrap import House
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.orm import Id, Time
from talelio_backend.shared.data.prepared import Prepared
from talelio_backend.shared.domain.errors import DatabaseUnavailable
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import NOON
from tests.integration.shared.data.conftest import build, end_other_connections
from tests.statements import recorded

SUM = select((bindparam('one', type_=Integer) + bindparam('other', 2, Integer)).label('sum'))


def run(house: House, statement: Prepared, **parameters: Any) -> Any:
    return house.kernel.read.one(statement, parameters)


def test_statement_is_planned_once_and_carried_out_ever_after(house: House) -> None:
    statement = Prepared(SUM)
    with recorded(house) as sent:
        assert [run(house, statement, one=number).sum for number in (1, 5)] == [3, 7]
    assert [text.split()[0] for text, _ in sent] == ['PREPARE', 'EXECUTE', 'EXECUTE']
    assert '$1' in sent[0][0] and '+ 2' in sent[0][0]


def test_every_kind_of_value_arrives(house: House) -> None:
    kinds: dict[str, tuple[Any, Any]] = {
        'text': (Text, "it's 100 % \\ \u00e9"),
        'number': (Integer, -1),
        'key': (Id, new_id()),
        'moment': (Time, NOON),
        'flag': (Boolean, True),
    }
    columns = [
        cast(bindparam(name, type_=kind), kind).label(name) for name, (kind, _) in kinds.items()
    ]
    statement = Prepared(select(*columns))
    given = {name: value for name, (_, value) in kinds.items()}
    assert run(house, statement, **given)._asdict() == given
    assert set(run(house, statement, **dict.fromkeys(given))) == {None}
    assert isinstance(run(house, statement, **given).key, UUID)


def test_texts_in_the_statement_stay_as_they_are(house: House) -> None:
    both: Any = select(
        literal("50 % of 'it'", Text).label('said'),
        literal_column("'%d %%'").label('raw'))
    row = run(house, Prepared(both.where(literal(7, Integer) > 6)))
    assert (row.said, row.raw) == ("50 % of 'it'", '%d %%')


def test_statement_that_the_server_forgot_is_planned_anew(house: House) -> None:
    statement = Prepared(SUM)
    run(house, statement, one=1)
    with house.read_engine.connect() as connection:
        connection.exec_driver_sql('DEALLOCATE ALL')
    assert run(house, statement, one=2).sum == 4


def test_other_failures_are_told(house: House) -> None:
    statement = Prepared(select(1 / bindparam('one', type_=Integer)))
    for _ in range(2):
        with pytest.raises(DBAPIError):
            run(house, statement, one=0)


def test_reading_leaves_no_transaction_and_holds_no_connection(house: House) -> None:
    statement = Prepared(select(func.pg_backend_pid().label('pid')))
    pids = {run(house, statement).pid for _ in range(3)}
    state = text('SELECT state FROM pg_stat_activity WHERE pid = :pid')
    with house.kernel.engine.connect() as connection:
        assert [connection.execute(state, {'pid': pid}).scalar() for pid in pids] == ['idle']
    failing = Prepared(select(1 / bindparam('one', type_=Integer)))
    run(house, failing, one=1)
    with pytest.raises(DBAPIError):
        run(house, failing, one=0)
    assert house.read_engine.pool.status().endswith('Checked out connections: 0')


def test_read_survives_a_restart(house: House) -> None:
    statement = Prepared(SUM)
    for one in (1, 2):
        run(house, statement, one=one)
    end_other_connections(house.kernel.engine)
    assert run(house, statement, one=3).sum == 5


def test_server_that_is_gone_is_unavailable(nowhere: str) -> None:
    engine = build(nowhere, autocommit=True)
    with pytest.raises(DatabaseUnavailable):
        ReadDatabase(engine).one(Prepared(SUM), {'one': 1})
    engine.dispose()
