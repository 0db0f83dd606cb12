import itertools
import json
from pathlib import Path

from benchmarks.load import Drive, drive_apart
from benchmarks.traffic import Load, Request
from benchmarks.wrk import drive_with_wrk
from talelio_backend.development.ports import HOST, free_port
from tests.integration.benchmarks.conftest import Answers

LONG = 30  # seconds; the number of requests ends these runs


def load_of(answers: Answers, request: Request, *, most: int = 20, connections: int = 4) -> Load:
    return Load(base=answers.server.base,
                request=request,
                seconds=LONG,
                most=most,
                connections=connections,
                sample_every=5)


def test_connections_are_kept_while_the_server_keeps_them(answers: Answers) -> None:
    measured = drive_apart(load_of(answers, Request(path='/a?b=c')))
    assert (measured.answers, measured.unexpected, answers.connections) == (20, 0, 4)
    assert {path for path, _, _ in answers.asked} == {'/a?b=c'}
    assert len(measured.samples) == 4 and measured.samples[0].endswith(b'\r\n\r\n{}')
    assert 0 < measured.p50 <= measured.p99 < LONG
    assert measured.per_second > 0 and measured.processor > 0


def test_closed_connections_are_opened_anew(answers: Answers) -> None:
    answers.answer = lambda path, body, headers: (200, {'Connection': 'close'}, b'x' * 300_000)
    measured = Drive(load_of(answers, Request(path='/'))).run()
    assert (measured.answers, measured.unexpected, answers.connections) == (20, 0, 20)
    assert all(sample.endswith(b'\r\n\r\n' + b'x' * 300_000) for sample in measured.samples)


def test_run_ends_when_its_time_is_up(answers: Answers) -> None:
    measured = Drive(
        Load(base=answers.server.base, request=Request(path='/'), seconds=0.1,
             connections=2)).run()
    assert measured.answers == len(answers.asked) > 0
    assert measured.seconds >= 0.1


def test_running_number_stands_in_the_body(answers: Answers) -> None:
    request = Request(method='POST', path='/', body='walk {number}', headers=(('X-Who', 'me'), ))
    Drive(
        Load(base=answers.server.base,
             request=request,
             seconds=LONG,
             most=5,
             connections=2,
             first=70)).run()
    assert sorted(body for _, body, _ in answers.asked) == [f'walk {n}' for n in range(71, 76)]
    assert {headers['x-who'] for _, _, headers in answers.asked} == {'me'}


def test_each_connection_follows_its_own_cookie(answers: Answers) -> None:
    serial = itertools.count(1)

    def rotate(_path: str, _body: str, headers: dict[str,
                                                     str]) -> tuple[int, dict[str, str], bytes]:
        whose = headers['cookie'].partition('=')[0]
        return 200, {'Set-Cookie': f'{whose}={next(serial)}; HttpOnly'}, b'{}'

    answers.answer = rotate
    Drive(
        Load(base=answers.server.base,
             request=Request(method='POST', path='/', follow_cookie=True),
             seconds=LONG,
             most=8,
             connections=2,
             cookies=('one=0', 'two=0'))).run()
    sent = [headers['cookie'] for _, _, headers in answers.asked]
    assert len(set(sent)) == 8 and {'one=0', 'two=0'} <= set(sent)


def test_refusals_are_unexpected_and_304_is_not(answers: Answers) -> None:
    statuses = itertools.cycle([200, 304, 429, 302])
    answers.answer = lambda path, body, headers: (next(statuses), {}, b'')
    measured = Drive(load_of(answers, Request(path='/'), connections=1)).run()
    assert (measured.answers, measured.unexpected) == (20, 10)


def test_server_that_is_not_there_breaks_everything() -> None:
    measured = Drive(
        Load(base=f'http://{HOST}:{free_port()}', request=Request(path='/'), seconds=LONG,
             most=30)).run()
    assert (measured.answers, measured.unexpected_share) == (30, 1)


def test_request_that_does_not_go_at_once_goes_in_pieces(answers: Answers) -> None:
    body = 'x' * 20_000_000
    request = Request(method='POST', path='/', body=body)
    measured = Drive(load_of(answers, request, most=3, connections=2)).run()
    assert (measured.answers, measured.unexpected) == (3, 0)
    assert [sent == body for _, sent, _ in answers.asked] == [True] * 3


def test_wrk_is_told_the_request_and_believed(answers: Answers, tmp_path: Path) -> None:
    # What wrk would print, and what it was told.
    found = {
        'microseconds': 2_000_000,
        'answers': 900,
        'refused': 9,
        'broken': 1,
        'p50': 1500,
        'p99': 2500
    }
    told = tmp_path / 'told'
    program = tmp_path / 'wrk'
    program.write_text(f'#!/bin/sh\n{{ echo "$@"; env; }} > {told}\n'
                       f"printf 'Running\\n%s\\n' '{json.dumps(found)}'\n")
    program.chmod(0o755)
    request = Request(method='POST', path='/p', headers=(('X-Key', 'secret'), ), body='{number}')
    measured = drive_with_wrk(
        str(program),
        Load(base=answers.server.base, request=request, seconds=1.2, connections=3, first=50))
    said = told.read_text()
    assert '--connections 3 --duration 2s' in said and f'{answers.server.base}/p' in said
    assert 'secret' not in said.splitlines()[0] and 'BENCH_HEADERS=X-Key: secret' in said
    assert (measured.answers, measured.unexpected, measured.p50) == (901, 10, 0.0015)
    assert measured.per_second == 450.5
    assert len(measured.samples) == len(answers.asked) > 1
    assert len({body for _, body, _ in answers.asked}) == len(answers.asked)
