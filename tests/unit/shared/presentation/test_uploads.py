import hashlib
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, request

from talelio_backend.shared.domain.errors import DomainError
from talelio_backend.shared.presentation import problems
from talelio_backend.shared.presentation.uploads import MAX_FIELD_BYTES, MAX_PARTS, Form, read_form

LIMIT = 1_000_000
BOUNDARY = 'xYz'


def part(name: str, content: bytes, file_name: str | None = None) -> bytes:
    file = '' if file_name is None else f'; filename="{file_name}"'
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + content + b'\r\n'


def multipart(*parts: bytes) -> bytes:
    return b''.join(parts) + f'--{BOUNDARY}--\r\n'.encode()


class Reader:
    """An endpoint that reads a form and answers what ``see`` makes of it."""

    def __init__(self) -> None:
        self.app = Flask('reader')
        self.app.register_error_handler(DomainError, problems.respond)
        self.app.add_url_rule('/', view_func=self._view, methods=['POST'])
        self.forms: list[Form] = []
        self.limit = LIMIT

    def _view(self) -> Response:
        request.max_content_length = self.limit
        form = read_form()
        assert read_form() is form
        self.forms.append(form)
        seen = [[file.name, file.file_name, file.size, file.read().hex()] for file in form.files]
        return Response(repr((seen, dict(form.fields), form.fingerprint)))

    def post(self, body: bytes, content_type: str | None = None, **more: Any) -> Any:
        kind = content_type or f'multipart/form-data; boundary={BOUNDARY}'
        return self.app.test_client().post('/', data=body, content_type=kind, **more)


@pytest.fixture(name='reader')
def make_reader() -> Iterator[Reader]:
    reader = Reader()
    yield reader
    for form in reader.forms:
        for each in form.parts:
            with pytest.raises(ValueError, match='closed file'):
                each.read()


def code_of(response: Any) -> str:
    return str(response.get_json()['code'])


def test_files_come_in_order_whatever_their_field_names(reader: Reader) -> None:
    reader.post(
        multipart(part('a', b'one', '1.png'), part('note', 'gr\u00fc\u00df'.encode()),
                  part('a', b'two\r\n', 'x/2.png'), part('b', b'', '3.png'), part('n', b'')))
    form, = reader.forms
    assert [(file.name, file.file_name, file.size) for file in form.files] == [('a', '1.png', 3),
                                                                               ('a', 'x/2.png', 5),
                                                                               ('b', '3.png', 0)]
    assert [file.sha256 for file in form.files
            ] == [hashlib.sha256(content).digest() for content in (b'one', b'two\r\n', b'')]
    assert dict(form.fields) == {'note': 'gr\u00fc\u00df', 'n': ''}


def test_body_shorter_than_its_length_is_refused_though_its_parts_are_whole(
        reader: Reader) -> None:
    body = multipart(part('a', b'one', '1.png'))
    answer = reader.app.test_client().post(
        '/',
        input_stream=io.BytesIO(body),
        content_type=f'multipart/form-data; boundary={BOUNDARY}',
        environ_overrides={
            'CONTENT_LENGTH': str(len(body) + 1),
            'wsgi.input_terminated': True
        })
    assert (answer.status_code, code_of(answer)) == (400, 'bad_request')
    assert answer.get_json()['errors'][0]['code'] == 'incomplete_body'
    assert not reader.forms


def test_disk_without_room_is_no_crash(reader: Reader, tmp_path: Path,
                                       monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, 'tempdir', str(tmp_path / 'missing'))
    answer = reader.post(multipart(part('a', bytes(100_000), '1.png')))
    assert (answer.status_code, code_of(answer)) == (503, 'storage_unavailable')


def test_content_is_read_back_as_it_was_sent_however_large(reader: Reader) -> None:
    content = bytes(range(256)) * 3000
    answer = reader.post(multipart(part('a', content, 'a.bin')))
    assert content.hex() in answer.text


def test_a_file_field_left_empty_is_no_file(reader: Reader) -> None:
    reader.post(multipart(part('a', b'', ''), part('b', b'x', '')))
    assert [file.name for file in reader.forms[0].files] == ['b']


@pytest.mark.parametrize('body, content_type', [(b'', None), (b'', 'application/json'),
                                                (b'', 'multipart/form-data'), (multipart(), None)])
def test_an_empty_request_holds_nothing(reader: Reader, body: bytes, content_type: str) -> None:
    assert reader.post(body, content_type).status_code == 200
    assert not reader.forms[0].files


def test_the_fingerprint_is_that_of_the_parts_and_not_of_the_boundary(reader: Reader) -> None:
    body = multipart(part('a', b'one', '1.png'), part('b', b'two'))
    reader.post(body)
    reader.post(body.replace(BOUNDARY.encode(), b'other'), 'multipart/form-data; boundary=other')
    changed = [
        multipart(part('a', b'one', '2.png'), part('b', b'two')),
        multipart(part('a', b'ONE', '1.png'), part('b', b'two')),
        multipart(part('a', b'one'), part('b', b'two')),
        multipart(part('b', b'two'), part('a', b'one', '1.png')),
        multipart(part('a', b'one', '1.png')),
    ]
    for each in changed:
        reader.post(each)
    first, second, *others = [form.fingerprint for form in reader.forms]
    assert first == second
    assert first not in others
    assert len(set(others)) == len(others)


@pytest.mark.parametrize('content_type',
                         ['application/json', 'application/x-www-form-urlencoded', 'image/png'])
def test_another_content_type_is_refused(reader: Reader, content_type: str) -> None:
    answer = reader.post(b'x', content_type)
    assert (answer.status_code, code_of(answer)) == (415, 'media_type_not_supported')


@pytest.mark.parametrize('body', [
    b'no parts at all',
    part('a', b'cut off', '1.png'),
    f'--{BOUNDARY}\r\nX: y\r\n\r\n\r\n--{BOUNDARY}--'.encode(),
    multipart(part('a', b'x', 'NAME')).replace(b'NAME', b'\xff'),
])
def test_what_is_no_multipart_is_malformed(reader: Reader, body: bytes) -> None:
    answer = reader.post(body)
    assert (answer.status_code, code_of(answer)) == (400, 'bad_request')


def test_a_body_without_a_boundary_is_malformed(reader: Reader) -> None:
    answer = reader.post(b'x', 'multipart/form-data')
    assert (answer.status_code, code_of(answer)) == (400, 'bad_request')


def test_text_in_another_encoding_is_malformed(reader: Reader) -> None:
    answer = reader.post(multipart(part('note', b'\xff')))
    assert (answer.status_code, answer.get_json()['errors'][0]['pointer']) == (400, '/note')


def test_a_field_and_the_number_of_parts_are_bounded(reader: Reader) -> None:
    assert reader.post(multipart(part('note', b'x' * MAX_FIELD_BYTES))).status_code == 200
    assert reader.post(multipart(part('note', b'x' * (MAX_FIELD_BYTES + 1)))).status_code == 400
    many = [part('a', b'x', 'x') for _ in range(MAX_PARTS)]
    assert reader.post(multipart(*many)).status_code == 200
    assert reader.post(multipart(*many, part('a', b'x', 'x'))).status_code == 400


class Counted(io.BytesIO):
    """A body of which is known how much was read."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self.count = 0

    def readinto(self, buffer: Any) -> int:
        number = super().readinto(buffer)
        self.count += number
        return number


def test_a_body_that_says_it_is_too_large_is_not_read(reader: Reader) -> None:
    body = Counted(multipart(part('a', b'x' * LIMIT, '1.png')))
    answer = reader.post(b'',
                         environ_overrides={
                             'wsgi.input': body,
                             'CONTENT_LENGTH': str(LIMIT + 1)
                         })
    assert (answer.status_code, code_of(answer)) == (413, 'body_too_large')
    assert body.count == 0


@pytest.mark.parametrize('terminated', [True, False])
def test_a_body_of_exactly_the_limit_is_taken(reader: Reader, terminated: bool) -> None:
    rest = len(multipart(part('a', b'', '1.png')))
    body = multipart(part('a', b'x' * (LIMIT - rest), '1.png'))
    assert len(body) == LIMIT
    overrides = {'wsgi.input_terminated': True} if terminated else {}
    assert reader.post(body, environ_overrides=overrides).status_code == 200


def test_a_body_that_does_not_say_its_length_is_counted(reader: Reader) -> None:
    body = Counted(multipart(part('a', b'x' * 3 * LIMIT, '1.png')))
    answer = reader.post(b'',
                         headers={'Transfer-Encoding': 'chunked'},
                         environ_overrides={
                             'wsgi.input': body,
                             'CONTENT_LENGTH': '',
                             'wsgi.input_terminated': True
                         })
    assert (answer.status_code, code_of(answer)) == (413, 'body_too_large')
    assert body.count == LIMIT + 1
