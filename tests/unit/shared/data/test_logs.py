import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog

from talelio_backend.shared.data.logs import configure_logs
from talelio_backend.shared.services.provenance import Provenance, acting_as

JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLWl0'
KINDS = {
    'jwt': JWT,
    'bearer': 'Bearer opaque-bearer',
    'url': 'postgresql://talelio:opaque-password@host/db',
    'age': 'AGE-SECRET-KEY-1QQPQZ0MXW3A7X',
    'setting': 'opaque-setting-value',
    'mail': 'alice.liddell@example.org',
}
LOGGERS = [
    'gunicorn.error', 'alembic.runtime', 'procrastinate.worker', 'werkzeug', 'botocore',
    'sqlalchemy.engine', 'somebody.else'
]
HIDDEN = [JWT, 'opaque', '1QQPQZ0MXW3A7X', 'liddell']


@pytest.fixture(name='stream')
def _stream() -> Iterator[io.StringIO]:
    hooks = sys.excepthook, threading.excepthook, structlog.get_config()
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    configure_logs(level='INFO', format='json', secrets=['opaque-setting-value'], stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    sys.excepthook, threading.excepthook, configuration = hooks
    structlog.configure(**configuration)


def events(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_event_is_one_json_object_on_one_line(stream: io.StringIO) -> None:
    structlog.get_logger('talelio.api').info('happened', text='one\ntwo\u2028three', number=3)

    event, = events(stream)
    assert list(event)[:3] == ['timestamp', 'level', 'event']
    assert event['timestamp'].endswith('Z')
    assert (event['level'], event['event'], event['logger']) == ('info', 'happened', 'talelio.api')
    assert event['text'] == 'one\ntwo\u2028three'


@pytest.mark.parametrize('kind', KINDS)
def test_own_logger_hides(stream: io.StringIO, kind: str) -> None:
    log = structlog.get_logger('talelio.api')

    log.info('happened', detail=f'saw {KINDS[kind]} there')
    log.info(f'saw {KINDS[kind]}')
    log.bind(detail={'inside': [KINDS[kind]]}).warning('happened')

    assert len(events(stream)) == 3
    assert not [word for word in HIDDEN if word in stream.getvalue()]


@pytest.mark.parametrize('name', LOGGERS)
@pytest.mark.parametrize('kind', KINDS)
def test_logger_of_the_standard_library_hides(stream: io.StringIO, name: str, kind: str) -> None:
    logging.getLogger(name).warning('saw %s there', KINDS[kind])
    logging.getLogger(name).error('saw %(it)s', {'it': KINDS[kind]},
                                  extra={'arguments': KINDS[kind]})

    assert [event['logger'] for event in events(stream)] == [name, name]
    assert not [word for word in HIDDEN if word in stream.getvalue()]


@pytest.mark.parametrize('kind', KINDS)
def test_traceback_hides_and_stays_on_its_line(stream: io.StringIO, kind: str) -> None:
    try:
        raise ValueError(f'cannot use {KINDS[kind]}')
    except ValueError:
        structlog.get_logger('talelio.api').exception('crash')
        logging.getLogger('somebody.else').exception('crash')

    own, other = events(stream)
    assert 'ValueError' in own['exception'] and 'ValueError' in other['exception']
    assert not [word for word in HIDDEN if word in stream.getvalue()]


def test_arguments_of_jobs_are_hidden(stream: io.StringIO) -> None:
    log = logging.getLogger('procrastinate.worker')
    log.info('Starting job mail.send[7](arguments={...})')
    log.error("Job mail.send[7](arguments={'text': '(hello)'}) ended with status: Error")

    event, = events(stream)
    assert event['event'] == 'Job mail.send[7](***) ended with status: Error'


def test_request_id_comes_along(stream: io.StringIO) -> None:
    with acting_as(Provenance(request_id='r-1')):
        structlog.get_logger('talelio.api').info('happened')
        logging.getLogger('somebody.else').warning('happened')
    structlog.get_logger('talelio.api').info('happened')

    assert [event.get('request_id') for event in events(stream)] == ['r-1', 'r-1', None]


def test_level_is_kept_to(stream: io.StringIO) -> None:
    structlog.get_logger('talelio.api').debug('happened')
    logging.getLogger('somebody.else').debug('happened')

    assert stream.getvalue() == ''


def test_crash_is_an_event(stream: io.StringIO) -> None:
    try:
        raise ValueError('saw opaque-setting-value')
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)

    event, = events(stream)
    assert (event['level'], event['event']) == ('critical', 'crash')
    assert event['exception'].endswith('ValueError: saw ***')


def test_warning_of_python_is_an_event(stream: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter('always')
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn('soon gone', DeprecationWarning, stacklevel=1)

    event, = events(stream)
    assert event['logger'] == 'py.warnings'


FACTS: dict[str, Any] = {
    'request_id': 'r-1',
    'actor_id': None,
    'method': 'GET',
    'route': '/v1/articles/<slug>',
    'status': 200,
    'client_ip': '192.0.2.1',
    'bytes': 7,
    'duration_ms': 1.25,
}


@pytest.mark.parametrize('changed', [
    {},
    {
        'actor_id': '0190b4f6-9c3f-7b7a-8f3e-4b8d2b8f9a10',
        'route': None
    },
    {
        'route': '/v1/"odd"/<path:rest>\u2028\\',
        'client_ip': '2001:db8::1'
    },
    {
        'request_id': 'opaque-setting-value',
        'method': 'alice.liddell@example.org'
    },
])
def test_short_way_writes_what_the_general_way_writes(stream: io.StringIO,
                                                      changed: dict[str, Any]) -> None:
    facts = FACTS | changed
    log_request = configure_logs(level='INFO',
                                 format='json',
                                 secrets=['opaque-setting-value'],
                                 stream=stream)
    assert log_request is not None

    log_request(facts)
    structlog.get_logger('talelio.api').info('request', **facts)

    short, general = stream.getvalue().splitlines()
    assert list(json.loads(short)) == list(json.loads(general))
    moments = [event.pop('timestamp') for event in events(stream)]
    assert all(datetime.fromisoformat(moment).tzinfo is UTC for moment in moments)
    one, other = (json.loads(line) | {'timestamp': None} for line in (short, general))
    assert one == other


@pytest.mark.parametrize('kind', KINDS)
@pytest.mark.parametrize('chosen', ['request_id', 'method'])
def test_short_way_hides_what_a_client_chose(stream: io.StringIO, kind: str, chosen: str) -> None:
    log_request = configure_logs(level='INFO',
                                 format='json',
                                 secrets=['opaque-setting-value'],
                                 stream=stream)
    assert log_request is not None

    log_request(FACTS | {chosen: KINDS[kind]})

    assert len(events(stream)) == 1
    assert not [word for word in HIDDEN if word in stream.getvalue()]


def test_short_way_is_taken_where_lines_are_json_and_told(tmp_path: Any,
                                                          stream: io.StringIO) -> None:
    assert configure_logs(level='WARNING', format='json', stream=stream) is None
    assert configure_logs(level='INFO', format='human', stream=stream) is None
    assert configure_logs(level='INFO', format='json', file=tmp_path / 'l', stream=stream) is None
    assert configure_logs(level='DEBUG', format='json', stream=stream) is not None


def test_short_way_too_stops_nobody_without_a_reader(stream: io.StringIO) -> None:
    log_request = configure_logs(level='INFO', format='json', stream=stream)
    stream.close()

    assert log_request is not None
    log_request(FACTS)


def test_human_line_is_redacted_too(stream: io.StringIO) -> None:
    human = io.StringIO()
    configure_logs(level='INFO', format='human', secrets=['opaque-setting-value'], stream=human)

    structlog.get_logger('talelio.api').info('happened', detail='saw opaque-setting-value')

    assert 'happened' in human.getvalue() and 'saw ***' in human.getvalue()
    assert stream.getvalue() == ''


def test_reader_that_went_away_stops_nobody(stream: io.StringIO) -> None:
    stream.close()

    structlog.get_logger('talelio.api').info('happened')
