"""The database prices rows as the domain does."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from talelio_backend.app_library.domain.pricing import Rate, Tier, overdue, started_days
from tests.authors import Site

MONEY = st.decimals(0, 10_000, places=2)
RATES = st.builds(
    lambda tiers, last, minimum: Rate(tiers=(*(Tier(days=days, rate=rate) for days, rate in tiers),
                                             Tier(days=None, rate=last)),
                                      minimum=minimum),
    st.lists(st.tuples(st.integers(1, 30), MONEY), max_size=9), MONEY, MONEY)
START = datetime(2026, 3, 28, 11, 0, 0, 123456, tzinfo=UTC)
SPANS = st.one_of(
    st.timedeltas(timedelta(days=-3), timedelta(days=3650)),
    # The ends of days, and a microsecond beside them.
    st.builds(lambda days, beside: timedelta(days=days, microseconds=beside), st.integers(0, 100),
              st.integers(-1, 1)))
ONCE = settings(max_examples=60,
                deadline=None,
                suppress_health_check=[HealthCheck.function_scoped_fixture])


def asked(engine: Engine, expression: str, **values: Any) -> Any:
    with engine.connect() as connection:
        return connection.execute(text(f'SELECT {expression}'), values).one()


def test_days_rents_and_fines_agree(site: Site) -> None:
    engine = site.house.read_engine

    @ONCE
    @given(span=SPANS)
    def days(span: timedelta) -> None:
        found = asked(engine, 'library_days(:start, :until)', start=START, until=START + span)
        assert found[0] == started_days(START, START + span)

    @ONCE
    @given(rate=RATES, number=st.integers(0, 400))
    def rents(rate: Rate, number: int) -> None:
        found = asked(engine, 'library_rent(CAST(:rate AS jsonb), :days), price.lines::jsonb, '
                      'price.minimum_applied FROM library_price(CAST(:rate AS jsonb), :days) '
                      'AS price',
                      rate=json_of(rate),
                      days=number)
        price = rate.price(number)
        assert (found[0], found.minimum_applied) == (price.charge, price.minimum_applied)
        assert [(line['days'], line['rate'], line['amount']) for line in found[1]
                ] == [(line.days, str(line.rate), str(line.amount)) for line in price.lines]

    @ONCE
    @given(late=st.integers(0, 200),
           grace=st.integers(0, 60),
           per_day=MONEY,
           cap=st.none() | MONEY)
    def fines(late: int, grace: int, per_day: Decimal, cap: Decimal | None) -> None:
        found = asked(engine,
                      "library_overdue(jsonb_build_object('grace_days', CAST(:grace AS integer), "
                      "'overdue_per_day', CAST(:per_day AS text), "
                      "'overdue_cap', CAST(:cap AS text)), :late)",
                      grace=grace,
                      per_day=str(per_day),
                      cap=None if cap is None else str(cap),
                      late=late)
        assert found[0] == overdue(days_late=late, grace_days=grace, per_day=per_day, cap=cap)

    days()  # pylint: disable=no-value-for-parameter
    rents()  # pylint: disable=no-value-for-parameter
    fines()  # pylint: disable=no-value-for-parameter


def json_of(rate: Rate) -> str:
    return json.dumps(rate.as_json())


def test_the_ends_of_days(site: Site) -> None:
    for elapsed, number in ((timedelta(0), 0), (timedelta(microseconds=1), 1),
                            (timedelta(hours=24), 1), (timedelta(hours=24, microseconds=1), 2),
                            (timedelta(hours=48), 2), (timedelta(hours=48, microseconds=1),
                                                       3), (timedelta(seconds=-1), 0)):
        found = asked(site.house.read_engine,
                      'library_days(:start, :until)',
                      start=START,
                      until=START + elapsed)
        assert found[0] == number == started_days(START, START + elapsed)
