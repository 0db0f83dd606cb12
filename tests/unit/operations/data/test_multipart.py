from hashlib import sha256
from typing import Any, cast

import pytest
from botocore.exceptions import EndpointConnectionError

from talelio_backend.operations.data.multipart import MultipartUpload
from talelio_backend.operations.domain.errors import UploadFailed
from talelio_backend.shared.domain.errors import StorageUnavailable

PART = 10


class FakeClient:
    """S3 as far as one upload needs it. ``lost`` bytes are missing from what it says it has, and
    what is in ``down`` does not answer."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.calls: list[str] = []
        self.lost = 0
        self.down: tuple[str, ...] = ()

    def create_multipart_upload(self, **_asked: Any) -> dict[str, Any]:
        self._answer('create')
        return {'UploadId': 'id'}

    def upload_part(self, *, PartNumber: int, Body: Any, **_asked: Any) -> dict[str, Any]:
        self._answer('part')
        assert PartNumber == len(self.parts) + 1
        self.parts.append(Body.read())
        return {'ETag': str(PartNumber)}

    def complete_multipart_upload(self, *, MultipartUpload: Any, **_asked: Any) -> None:
        self._answer('complete')
        assert [one['PartNumber'] for one in MultipartUpload['Parts']
                ] == [number + 1 for number in range(len(self.parts))]

    def head_object(self, **_asked: Any) -> dict[str, Any]:
        self._answer('head')
        return {'ContentLength': len(b''.join(self.parts)) - self.lost}

    def abort_multipart_upload(self, **_asked: Any) -> None:
        self._answer('abort')

    def delete_object(self, **_asked: Any) -> None:
        self._answer('delete')

    def _answer(self, call: str) -> None:
        self.calls.append(call)
        if call in self.down:
            raise EndpointConnectionError(endpoint_url='nowhere')


@pytest.fixture(name='client')
def make_client() -> FakeClient:
    return FakeClient()


def begin(client: FakeClient) -> MultipartUpload:
    return MultipartUpload(cast(Any, client), bucket='backups', key='key', part=PART)


@pytest.mark.parametrize('size', [0, 1, 9, 10, 11, 20, 25])
@pytest.mark.parametrize('piece', [1, 7, 10, 30])
def test_all_parts_but_the_last_are_of_one_size(client: FakeClient, size: int, piece: int) -> None:
    content = bytes(range(size))
    upload = begin(client)
    for start in range(0, size, piece):
        assert upload.write(content[start:start + piece]) == len(content[start:start + piece])
    upload.complete()
    assert b''.join(client.parts) == content
    assert all(len(part) == PART for part in client.parts[:-1])
    assert client.parts and len(client.parts[-1]) <= PART
    assert (upload.size, upload.sha256) == (size, sha256(content).hexdigest())


@pytest.mark.parametrize('lost', [1, -1])
def test_a_head_that_differs_is_a_failure(client: FakeClient, lost: int) -> None:
    client.lost = lost
    upload = begin(client)
    upload.write(b'content')
    with pytest.raises(UploadFailed):
        upload.complete()


@pytest.mark.parametrize('call', ['part', 'complete', 'head'])
def test_a_silent_bucket_is_a_failure(client: FakeClient, call: str) -> None:
    client.down = (call, )
    upload = begin(client)
    with pytest.raises(StorageUnavailable):
        upload.write(b'12345678901')
        upload.complete()


@pytest.mark.parametrize('down', [(), ('abort', ), ('delete', ), ('abort', 'delete')])
def test_discarding_takes_back_what_it_can(client: FakeClient, down: tuple[str, ...]) -> None:
    upload = begin(client)
    client.down = down
    upload.discard()
    assert client.calls == ['create', 'abort', 'delete']
