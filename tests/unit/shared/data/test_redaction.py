import time
from typing import Any

import pytest

from talelio_backend.shared.data.redaction import Redactor, is_sensitive

JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLWl0'
redact = Redactor(['s3cret-of-settings', 'with/slash+plus', 'abc'])


def clean(**event: Any) -> dict[str, Any]:
    return dict(redact(None, 'info', event))


@pytest.mark.parametrize('key', [
    'password', 'new_password', 'token', 'access_token', 'refreshToken', 'authorization',
    'Authorization', 'cookie', 'Set-Cookie', 'secret', 'client_secret', 'SECRET_KEY', 'code',
    'recovery_codes', 'key', 'Idempotency-Key', 'api_key', 'apikey', 'totpCode'
])
def test_value_under_a_sensitive_name_is_hidden(key: str) -> None:
    assert clean(**{key: 'value'}) == {key: '***'}
    assert clean(**{key: 7}) == {key: '***'}


@pytest.mark.parametrize('key', ['request_id', 'monkey', 'decoder', 'route', 'status', 'keyboard'])
def test_value_under_another_name_is_shown(key: str) -> None:
    assert not is_sensitive(key)
    assert clean(**{key: 'value'}) == {key: 'value'}


@pytest.mark.parametrize(('value', 'expected'), [
    (f'got {JWT} from', 'got *** from'),
    ('Authorization: Bearer opaque-value', 'Authorization: Bearer ***'),
    ('bearer opaque', 'bearer ***'),
    ('postgresql://talelio:pa@ss:w@host:5432/db', 'postgresql://talelio:***@host:5432/db'),
    ('rediss://:opaque@cache:6379', 'rediss://:***@cache:6379'),
    ('AGE-SECRET-KEY-1QQPQZ0MXW3A7X', '***'),
    ('rt_0123456789abcdef0123456789abcdef.abc-DEF_1', '***'),
    ('pat_0190_opaque', '***'),
    ('the key is s3cret-of-settings!', 'the key is ***!'),
    ('with%2Fslash%2Bplus', '***'),
    ('GET /x?token=opaque&page=2', 'GET /x?token=***&page=2'),
    ('{"password": "opaque", "a": 1}', '{"password": "***", "a": 1}'),
    ('mail to alice.b+c@example.org failed', 'mail to a…@example.org failed'),
    ('<bob@sub.example.co.uk>', '<b…@sub.example.co.uk>'),
    ('/v1/articles/<slug>', '/v1/articles/<slug>'),
    ('/v1/library/calendar/opaque-value', '/v1/library/calendar/***'),
    ('GET /v1/library/calendar/opaque?a=b HTTP/1.1', 'GET /v1/library/calendar/***?a=b HTTP/1.1'),
    ('/v1/accounts/verify/opaque', '/v1/accounts/verify/***'),
    ('/v1/library/calendar/<token>', '/v1/library/calendar/<token>'),
    ('abc', 'abc'),
])
def test_sensitive_part_of_a_value_is_hidden(value: str, expected: str) -> None:
    assert clean(message=value) == {'message': expected}


def test_values_inside_of_others_are_hidden() -> None:
    event = clean(job={'arguments': [{'password': 'x', 'to': 'alice@example.org'}, b'Bearer x']})

    assert event == {
        'job': {
            'arguments': [{
                'password': '***',
                'to': 'a…@example.org'
            }, 'Bearer ***']
        }
    }


def test_text_of_an_object_is_hidden() -> None:
    assert clean(error=ValueError('no alice@example.org')) == {'error': 'no a…@example.org'}


def test_numbers_and_nothing_stay_themselves() -> None:
    assert clean(status=200, route=None, streamed=True) == {
        'status': 200,
        'route': None,
        'streamed': True
    }


@pytest.mark.parametrize(
    'text',
    ['a' * 100_000, 'a@' * 30_000, 'http://a:' * 10_000, 'eyJaaaaa.' * 10_000, 'token=' * 10_000])
def test_long_text_costs_no_more_than_its_length(text: str) -> None:
    started = time.process_time()
    redact.text(text + ' ')

    assert time.process_time() - started < 5
