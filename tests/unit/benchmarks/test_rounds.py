from collections import Counter

import pytest

from benchmarks.cases import Case, has_member, has_status
from benchmarks.rounds import Plan, WrongAnswer, measure
from benchmarks.servers import Server
from benchmarks.traffic import Load, Measured, Request

PLAN = Plan(rounds=3, seconds=2, warm_up=1)
GOOD = b'HTTP/1.1 200 OK\r\n\r\n{"article": 1}'
# Elsewhere than on this machine, so that no process of it is looked for.
FIRST = Server(name='first', base='http://192.0.2.1:80')
SECOND = Server(name='second', base='http://192.0.2.2:80')
CASE = Case(name='case', make=lambda: Request(path='/'), check=has_member('article', 1))


class Driver:
    """Answers as fast as it is told, each round with the next of the speeds."""

    def __init__(self, *, sample: bytes = GOOD, **speeds: list[int]) -> None:
        self._speeds = {
            'http://192.0.2.1:80': speeds['first'],
            'http://192.0.2.2:80': speeds.get('second', [])
        }
        self._sample = sample
        self.asked: list[str] = []
        self.firsts: list[int] = []

    def drive(self, load: Load) -> Measured:
        turn = Counter(self.asked)[load.base]
        self.asked.append(load.base)
        self.firsts.append(load.first)
        speed = self._speeds[load.base][turn]
        return Measured(seconds=load.seconds,
                        answers=int(speed * load.seconds),
                        unexpected=speed // 10,
                        p50=1 / speed,
                        p99=2 / speed,
                        processor=load.seconds / 4,
                        samples=(self._sample, ))


def test_servers_take_turns_in_every_round() -> None:
    driver = Driver(first=[100] * 4, second=[50] * 4)
    measure([(FIRST, CASE), (SECOND, CASE)], PLAN, driver.drive)
    assert driver.asked == [FIRST.base, SECOND.base] * 4


def test_figures_are_medians_without_the_warm_up() -> None:
    driver = Driver(first=[1, 100, 200, 400], second=[1000, 50, 80, 40])
    first, second = measure([(FIRST, CASE), (SECOND, CASE)], PLAN, driver.drive)
    assert (first.per_second, first.ratio) == (200, 1)
    assert (second.per_second, second.ratio) == (50, 0.4)
    assert second.p50 == pytest.approx(1000 / 50) and second.p99 == pytest.approx(2000 / 50)
    assert second.generator == 0.25
    assert second.processor is None and second.memory is None


def test_no_running_number_is_sent_twice() -> None:
    driver = Driver(first=[100] * 4)
    measure([(FIRST, CASE)], PLAN, driver.drive)
    assert len(set(driver.firsts)) == 4
    assert all(later - earlier >= 1_000_000
               for earlier, later in zip(driver.firsts, driver.firsts[1:]))


@pytest.mark.parametrize(
    'answer',
    [GOOD.replace(b'1}', b'2}'), b'HTTP/1.1 200 OK\r\n\r\n<html>', b'HTTP/1.1 200 OK\r\n\r\n[]'])
def test_wrong_answer_ends_the_run(answer: bytes) -> None:
    with pytest.raises(WrongAnswer, match='first: case'):
        measure([(FIRST, CASE)], PLAN, Driver(sample=answer, first=[100] * 4).drive)


def test_status_is_checked() -> None:
    assert has_status(304)(b'HTTP/1.1 304 Not Modified\r\n\r\n')
    assert not has_status(304)(b'HTTP/1.1 200 OK\r\n\r\n')
