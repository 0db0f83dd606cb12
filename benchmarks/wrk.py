"""``wrk`` as the load generator, where it is on the path."""

import json
import math
import os
import resource
import subprocess
from pathlib import Path

from benchmarks.load import drive_apart
from benchmarks.traffic import Load, Measured

_SCRIPT = Path(__file__).with_name('wrk.lua')
_PATIENCE = 30
_MILLION = 1_000_000
_SAMPLES = 8


def drive_with_wrk(program: str, load: Load) -> Measured:
    """wrk shows nobody an answer, so some requests of our own before and after it bring the
    samples; it tells statuses from 400 on, so a redirect is seen in the samples alone."""
    before = _sampled(load, load.first)
    taken = _processor_of_children()
    found = _run(program, load)
    processor = _processor_of_children() - taken
    after = _sampled(load, load.first + _MILLION // 2)
    return Measured(seconds=found['microseconds'] / _MILLION,
                    answers=found['answers'] + found['broken'],
                    unexpected=found['refused'] + found['broken'] + before.unexpected +
                    after.unexpected,
                    p50=found['p50'] / _MILLION,
                    p99=found['p99'] / _MILLION,
                    processor=processor,
                    samples=before.samples + after.samples)


def _run(program: str, load: Load) -> dict[str, int]:
    request = load.request
    seconds = max(1, math.ceil(load.seconds))
    done = subprocess.run(
        [
            program, '--threads', '1', '--connections',
            str(load.connections), '--duration', f'{seconds}s', '--timeout', f'{_PATIENCE}s',
            '--script',
            str(_SCRIPT), load.base + request.path
        ],
        env=os.environ | {
            'BENCH_METHOD': request.method,
            'BENCH_HEADERS': '\n'.join(': '.join(pair) for pair in request.headers),
            'BENCH_BODY': request.body,
            'BENCH_FIRST': str(load.first + _SAMPLES),
        },
        stdout=subprocess.PIPE,
        text=True,
        timeout=seconds + 2 * _PATIENCE,
        check=True)
    found: dict[str, int] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _sampled(load: Load, first: int) -> Measured:
    return drive_apart(
        Load(base=load.base,
             request=load.request,
             seconds=_PATIENCE,
             connections=1,
             most=_SAMPLES,
             first=first,
             sample_every=1))


def _processor_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
