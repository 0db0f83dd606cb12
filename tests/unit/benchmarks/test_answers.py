import pytest

from benchmarks.answers import body_of, cookie_of, whole

HEAD = b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'


def test_answer_is_whole_when_its_length_is_there() -> None:
    for end in range(len(HEAD) + 5):
        assert whole((HEAD + b'hello')[:end], ended=False) is None
    answer = whole(HEAD + b'hello', ended=False)
    assert answer is not None and answer.status == 200 and answer.stays


@pytest.mark.parametrize('status', [204, 304])
def test_answer_without_a_body_ends_with_its_head(status: int) -> None:
    raw = b'HTTP/1.1 %d X\r\nContent-Length: 5\r\n\r\n' % status
    answer = whole(raw, ended=False)
    assert answer is not None and answer.status == status


def test_chunked_answer_ends_with_its_last_chunk() -> None:
    head = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
    chunks = b'3\r\nabc\r\n2;note=1\r\nde\r\n'
    assert whole(head + chunks, ended=False) is None
    raw = head + chunks + b'0\r\n\r\n'
    assert whole(raw, ended=False) is not None
    assert body_of(raw) == b'abcde'
    assert whole(head + b'0\r\n\r\n', ended=False) is not None


def test_answer_without_a_length_ends_with_its_connection() -> None:
    raw = b'HTTP/1.0 200 OK\r\n\r\nhello'
    assert whole(raw, ended=False) is None
    answer = whole(raw, ended=True)
    assert answer is not None and not answer.stays


def test_server_that_says_so_closes() -> None:
    raw = HEAD.replace(b'\r\n\r\n', b'\r\nConnection: close\r\n\r\n') + b'hello'
    answer = whole(raw, ended=False)
    assert answer is not None and not answer.stays


@pytest.mark.parametrize('raw', [b'', b'HTTP/1.1 200', HEAD + b'hell'])
def test_cut_answer_is_broken(raw: bytes) -> None:
    with pytest.raises(OSError, match='closed'):
        whole(raw, ended=True)


def test_cookie_is_sent_back_without_its_attributes() -> None:
    raw = HEAD.replace(b'\r\n\r\n', b'\r\nSet-Cookie: Key=Value; HttpOnly\r\n\r\n') + b'hello'
    answer = whole(raw, ended=False)
    assert answer is not None
    assert cookie_of(answer.head, raw) == 'Key=Value'
    assert cookie_of(HEAD.lower()[:-4], HEAD) is None
