from threading import Event, Thread

import pytest

from talelio_backend.shared.data.pictures.memory import MemoryBudget


class Guest:
    """A thread that holds an amount until it is told to leave."""

    def __init__(self, budget: MemoryBudget, amount: int, order: list[int]) -> None:
        self.inside, self._leave = Event(), Event()
        self._work = (budget, amount, order)
        self._thread = Thread(target=self._stay)
        self._thread.start()

    def _stay(self) -> None:
        budget, amount, order = self._work
        with budget.hold(amount):
            order.append(amount)
            self.inside.set()
            self._leave.wait(10)

    def leave(self) -> None:
        self._leave.set()
        self._thread.join(10)


def test_those_who_fit_together_go_together() -> None:
    budget, order = MemoryBudget(10), list[int]()
    guests = [Guest(budget, 4, order), Guest(budget, 6, order)]
    assert all(guest.inside.wait(10) for guest in guests)
    for guest in guests:
        guest.leave()


def test_who_does_not_fit_waits() -> None:
    budget, order = MemoryBudget(10), list[int]()
    first = Guest(budget, 7, order)
    assert first.inside.wait(10)
    second = Guest(budget, 4, order)
    assert not second.inside.is_set()
    first.leave()
    assert second.inside.wait(10)
    second.leave()
    assert order == [7, 4]


def test_who_needs_more_than_all_goes_alone() -> None:
    budget, order = MemoryBudget(10), list[int]()
    big = Guest(budget, 1_000, order)
    assert big.inside.wait(10)
    small = Guest(budget, 1, order)
    assert not small.inside.is_set()
    big.leave()
    assert small.inside.wait(10)
    small.leave()


def test_memory_is_given_back_after_an_error() -> None:
    budget = MemoryBudget(10)
    for _ in range(3):
        with pytest.raises(ValueError), budget.hold(10):
            raise ValueError
    with budget.hold(10):
        pass
