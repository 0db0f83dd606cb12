"""Several servers measured in turn, in several rounds: what disturbs one disturbs all."""

import itertools
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.cases import Case
from benchmarks.servers import Server
from benchmarks.traffic import CONNECTIONS, Load, Measured, Request

Drive = Callable[[Load], Measured]
# All of nine digits.
_numbers = itertools.count(100_000_000, 1_000_000)


class WrongAnswer(Exception):
    """A server answered fast and wrong; no figure is worth printing then."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """``seconds`` of each measurement, and of each warm-up before the first."""

    rounds: int
    seconds: float
    warm_up: float
    connections: int = CONNECTIONS


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Medians over the rounds. Times in milliseconds; ``ratio`` to the first server of the round;
    ``processor`` of the server's own processes for one answer; ``generator`` as a share of one
    core; ``memory`` in MiB, right after the last round; None for what cannot be known."""

    per_second: float
    ratio: float
    p50: float
    p99: float
    processor: float | None
    generator: float
    memory: float | None
    unexpected: float


@dataclass(frozen=True, kw_only=True)
class _Round:
    measured: Measured
    processor: float | None


def fresh_numbers() -> int:
    """Behind this one are a million that no request of this run was sent with: a title that is
    taken costs its own."""
    return next(_numbers)


def measure(entries: Sequence[tuple[Server, Case]], plan: Plan, drive: Drive) -> list[Figures]:
    """For each entry, of which the first is what the others are divided by. Raises WrongAnswer."""
    requests = [case.make() for _, case in entries]
    for (server, case), request in zip(entries, requests, strict=True):
        _measure_once(server, case, request, plan.connections, plan.warm_up, drive)
    rounds: list[list[_Round]] = [[] for _ in entries]
    for _ in range(plan.rounds):
        for place, (server, case) in enumerate(entries):
            rounds[place].append(
                _measure_once(server, case, requests[place], plan.connections, plan.seconds,
                              drive))
    return [
        _figures(done, rounds[0], server)
        for done, (server, _) in zip(rounds, entries, strict=True)
    ]


def _measure_once(server: Server, case: Case, request: Request, connections: int, seconds: float,
                  drive: Drive) -> _Round:
    cookies = case.cookies(connections) if case.cookies else ()
    first = fresh_numbers()
    if case.prepare:
        case.prepare(first)
    load = Load(base=server.base,
                request=request,
                seconds=seconds,
                connections=connections,
                first=first,
                cookies=cookies)
    before = server.usage()
    measured = drive(load)
    after = server.usage()
    if not measured.samples or not all(map(case.check, measured.samples)):
        wrong = [sample for sample in measured.samples if not case.check(sample)]
        said = wrong[0][:400] if wrong else b'nothing'
        raise WrongAnswer(f'{server.name}: {case.name}: {said!r}\n{measured!r}')
    taken = after.processor - before.processor if before and after else None
    return _Round(measured=measured, processor=taken and taken / max(1, measured.answers))


def _figures(done: Sequence[_Round], firsts: Sequence[_Round], server: Server) -> Figures:

    def median(pick: Callable[[Measured], float]) -> float:
        return statistics.median(pick(one.measured) for one in done)

    ratios = [
        one.measured.per_second / max(first.measured.per_second, 1e-9)
        for one, first in zip(done, firsts, strict=True)
    ]
    taken = [one.processor for one in done if one.processor is not None]
    usage = server.usage()
    return Figures(per_second=median(lambda one: one.per_second),
                   ratio=statistics.median(ratios),
                   p50=median(lambda one: one.p50) * 1000,
                   p99=median(lambda one: one.p99) * 1000,
                   processor=statistics.median(taken) * 1000 if taken else None,
                   generator=median(lambda one: one.generator_share),
                   memory=usage.memory if usage else None,
                   unexpected=median(lambda one: one.unexpected_share))
