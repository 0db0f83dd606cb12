import pytest

from talelio_backend.bootstrap import House
from talelio_backend.operations.data.restored_house import Built, HouseBeside


def test_nothing_is_done_to_another_database_than_was_meant(house: House) -> None:
    done: list[str] = []
    beside = HouseBeside(lambda _database: Built(engine=house.kernel.engine,
                                                 on_restored=[lambda: done.append('settled')],
                                                 close=lambda: done.append('closed')))
    for act in (beside.settle, beside.migrate):
        with pytest.raises(AssertionError, match='in place of beside'):
            act('beside')
    assert done == ['closed', 'closed']


def test_every_reaction_is_called_on_the_database_that_is_meant(house: House) -> None:
    done: list[str] = []
    beside = HouseBeside(
        lambda _database: Built(engine=house.kernel.engine,
                                on_restored=[lambda: done.append('a'), lambda: done.append('b')],
                                close=lambda: done.append('closed')))
    beside.settle(str(house.kernel.engine.url.database))
    assert done == ['a', 'b', 'closed']
