"""``make bench``: requests per second as ratios to a bare WSGI function on the same gunicorn."""

import argparse
import json
import statistics
from dataclasses import asdict, dataclass

from benchmarks.cases import Case, read_cases, write_cases
from benchmarks.data import fill
from benchmarks.load import Measured, Request, all_right, run_apart
from benchmarks.stack import PROCESSES, THREADS, Stack


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table. Times in milliseconds."""

    case: str
    rows: int
    per_second: float
    ratio: float
    bar: float | None
    p50: float
    p99: float
    statements: int
    unexpected: float


class WrongAnswer(Exception):
    """A server answered fast and wrong; no figure is worth printing then."""


def measure(stack: Stack, case: Case, arguments: argparse.Namespace) -> Row:
    """The reference and the case in turn, in every round; the median of the rounds."""
    bare = Request(path='/')
    rounds: list[tuple[float, Measured]] = []
    sessions = sign_in_many(stack) if case.request.follow_cookie else ()
    for number in range(arguments.rounds + 1):
        reference = run_apart(stack.reference, bare, seconds=arguments.seconds)
        measured = run_apart(stack.base,
                             case.request,
                             seconds=arguments.seconds,
                             first=number * 1_000_000,
                             cookies=sessions)
        if case.request.follow_cookie:
            sessions = sign_in_many(stack)
        if not all_right(measured.samples, case.check):
            raise WrongAnswer(f'{case.name}: {measured.statuses} {measured.samples[:1]!r}')
        if number:  # the first round warms up
            rounds.append((measured.per_second / reference.per_second, measured))
    ratio = statistics.median(ratio for ratio, _ in rounds)
    cookies = iter(sign_in_many(stack, 3) if case.request.follow_cookie else ('', ) * 3)
    middle = sorted((measured for _, measured in rounds), key=lambda one: one.per_second)
    typical = middle[len(middle) // 2]
    return Row(case=case.name,
               rows=arguments.rows,
               per_second=round(typical.per_second),
               ratio=round(ratio, 3),
               bar=case.bar,
               p50=round(typical.percentile(0.5) * 1000, 1),
               p99=round(typical.percentile(0.99) * 1000, 1),
               statements=stack.statements_of(lambda: stack.send(case.request, next(cookies))),
               unexpected=round(typical.unexpected, 4))


def sign_in_many(stack: Stack, count: int = 16) -> tuple[str, ...]:
    return tuple(stack.sign_in()[1] for _ in range(count))


def print_table(rows: list[Row], memory: float) -> None:
    print(f'{"case":34} {"rows":>7} {"req/s":>7} {"÷ ref":>6} {"bar":>6} {"p50 ms":>7} '
          f'{"p99 ms":>7} {"SQL":>4} {"not 2xx/304":>12}')
    for row in rows:
        bar = '' if row.bar is None else f'{row.bar:.2f}'
        print(f'{row.case:34} {row.rows:7} {row.per_second:7.0f} {row.ratio:6.3f} {bar:>6} '
              f'{row.p50:7.1f} {row.p99:7.1f} {row.statements:4} {row.unexpected:12.2%}')
    print(f'\nmemory of all API processes (PSS): {memory:.0f} MiB '
          f'({PROCESSES} processes, {THREADS} threads each)')


def main() -> None:
    parser = argparse.ArgumentParser(prog='make bench', description=__doc__)
    parser.add_argument('--rows', type=int, default=1000)
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--seconds', type=float, default=3.0, help='of each measurement')
    parser.add_argument('--only', help='cases whose names contain this')
    parser.add_argument('--json', action='store_true')
    arguments = parser.parse_args()
    with Stack() as stack:
        slug = fill(stack, arguments.rows)
        cases = [*read_cases(stack, slug, arguments.rows), *write_cases(stack, slug)]
        rows = [
            measure(stack, case, arguments) for case in cases
            if not arguments.only or arguments.only in case.name
        ]
        memory = stack.memory()
    if arguments.json:
        print(json.dumps({'memory_mib': round(memory), 'cases': [asdict(row) for row in rows]}))
    else:
        print_table(rows, memory)


if __name__ == '__main__':
    main()
