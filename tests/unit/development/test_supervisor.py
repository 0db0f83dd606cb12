from collections.abc import Iterator

import pytest

from talelio_backend.development import supervisor
from talelio_backend.development.process import StartFailed
from talelio_backend.development.supervisor import Supervisor, TooManyDeaths, stop_in_order


class FakePart:
    """Lives for as many looks as it is told to, after each launch."""

    def __init__(self, name: str, lives: list[int], diary: list[str]) -> None:
        self.name = name
        self._lives = iter(lives)
        self._left = next(self._lives)
        self._diary = diary
        self.refuses = False

    def launch(self) -> None:
        self._diary.append(f'launch {self.name}')
        if self.refuses:
            raise StartFailed(self.name, 'no')
        self._left = next(self._lives, 1000)

    def alive(self) -> bool:
        self._left -= 1
        return self._left > 0

    def ask_to_stop(self) -> None:
        self._diary.append(f'ask {self.name}')

    def stop(self, seconds: float = 5.0) -> None:
        assert seconds >= 0
        self._diary.append(f'stop {self.name}')

    def kill(self) -> None:
        self._diary.append(f'kill {self.name}')


class FakeTime:
    """Sleeping is what makes it later."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(name='time')
def _time(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTime]:
    time = FakeTime()
    monkeypatch.setattr(supervisor, 'time', time)
    yield time


def test_dead_part_is_launched_again_and_the_others_are_left(time: FakeTime) -> None:
    diary: list[str] = []
    said: list[str] = []
    parts = [FakePart('a', [1000], diary), FakePart('b', [3], diary)]
    Supervisor(parts, said.append).watch(until=lambda: time.now > 10)
    assert diary == ['launch b']
    assert said == ['b ended; starting it again']


def test_fifth_death_within_a_minute_is_too_many(time: FakeTime) -> None:
    part = FakePart('a', [2, 2, 2, 2, 2], [])
    with pytest.raises(TooManyDeaths):
        Supervisor([part], lambda line: None).watch(until=lambda: time.now > 100)
    assert time.now < 60


def test_deaths_spread_over_more_than_a_minute_are_survived(time: FakeTime) -> None:
    diary: list[str] = []
    part = FakePart('a', [100] * 20, diary)
    Supervisor([part], lambda line: None).watch(until=lambda: time.now > 200)
    assert len(diary) > 5


def test_fourth_launch_comes_within_five_seconds_of_the_death(time: FakeTime) -> None:
    moments: list[float] = []
    part = FakePart('a', [2, 2, 2, 2], [])
    Supervisor([part], lambda line: moments.append(time.now)).watch(until=lambda: time.now > 20)
    assert len(moments) == 4
    assert all(later - earlier < 5 for earlier, later in zip(moments, moments[1:]))


def test_part_that_cannot_be_launched_counts_as_dead_again(time: FakeTime) -> None:
    part = FakePart('a', [2], [])
    part.refuses = True
    with pytest.raises(TooManyDeaths):
        Supervisor([part], lambda line: None).watch(until=lambda: time.now > 100)


def test_phase_is_over_before_the_next_is_asked() -> None:
    diary: list[str] = []
    web, worker, database = (FakePart(name, [1], diary) for name in ('web', 'worker', 'db'))
    stop_in_order([([web, worker], 5.0), ([database], 1.0)])
    assert diary == ['ask web', 'ask worker', 'stop web', 'stop worker', 'ask db', 'stop db']
