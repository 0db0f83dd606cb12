"""Multipart requests (RFC 7578), read piece by piece and bounded by count while reading."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from types import MappingProxyType

from flask import Response, after_this_request, g, request
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from talelio_backend.shared.domain.errors import Fault, StorageUnavailable
from talelio_backend.shared.presentation.problems import (BadRequest, BodyTooLarge,
                                                          MediaTypeNotSupported)
from talelio_backend.shared.presentation.reading import check_whole

MULTIPART = 'multipart/form-data'
MAX_PARTS = 1000
MAX_FIELD_BYTES = 64 * 1024
_PIECE = 64 * 1024
_IN_MEMORY = 64 * 1024  # bytes of a file that are kept in memory; a larger one goes to the disk


class Part:
    """One part; ``file_name`` is as sent, None for a plain field. Closed with its request."""

    def __init__(self, name: str, file_name: str | None) -> None:
        self.name = name
        self.sent_name = file_name
        self.size = 0
        self._digest = hashlib.sha256()
        # Closed by ``Form.close``, at the end of the request.
        self._content = SpooledTemporaryFile(_IN_MEMORY)  # pylint: disable=consider-using-with

    @property
    def file_name(self) -> str:
        return self.sent_name or ''

    @property
    def sha256(self) -> bytes:
        return self._digest.digest()

    @property
    def is_file(self) -> bool:
        # A browser sends an empty name and nothing else for a file field left empty.
        return self.sent_name is not None and bool(self.sent_name or self.size)

    def write(self, piece: bytes) -> None:
        """Raises StorageUnavailable where the disk is full."""
        self.size += len(piece)
        self._digest.update(piece)
        try:
            self._content.write(piece)
            self._content.flush()  # now, and not where it is read
        except OSError as error:
            raise StorageUnavailable() from error

    def read(self) -> bytes:
        self._content.seek(0)
        return self._content.read()

    def close(self) -> None:
        self._content.close()


@dataclass(frozen=True, kw_only=True)
class Form:
    """A multipart request. ``files`` in the order of the parts, whatever their field names;
    ``fields`` by name, the last of several."""

    parts: tuple[Part, ...] = ()
    files: tuple[Part, ...] = ()
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def fingerprint(self) -> str:
        """The same for the same parts, though each sending draws a boundary of its own."""
        digest = hashlib.sha256()
        for part in self.parts:
            digest.update(repr((part.name, part.sent_name, part.size)).encode() + part.sha256)
        return digest.hexdigest()

    def close(self) -> None:
        for part in self.parts:
            part.close()


def read_form() -> Form:
    """The present request's parts, read once. The endpoint's ``max_body`` bounds the body.

    Raises BodyTooLarge (by Content-Length before reading), MediaTypeNotSupported, BadRequest,
    StorageUnavailable (no room for the files on the disk).
    """
    form: Form | None = g.get('uploaded_form')
    if form is None:
        form = g.uploaded_form = _form(_checked_boundary())
        after_this_request(_close)
    return form


def _close(response: Response) -> Response:
    g.uploaded_form.close()
    return response


def _checked_boundary() -> bytes | None:
    """The boundary of the parts; None where nothing at all was sent."""
    limit, length = request.max_content_length or 0, request.content_length
    if length is not None and length > limit:
        raise BodyTooLarge()
    if not length and 'Transfer-Encoding' not in request.headers:
        return None
    if request.mimetype != MULTIPART:
        raise MediaTypeNotSupported()
    boundary = request.mimetype_params.get('boundary', '')
    if not (boundary and boundary.isascii()):
        raise BadRequest(Fault('', 'malformed_multipart', 'the boundary is missing'))
    return boundary.encode()


def _form(boundary: bytes | None) -> Form:
    if boundary is None:
        return Form()
    parts: list[Part] = []
    try:
        for part in _parts(boundary):
            parts.append(part)
        files = tuple(part for part in parts if part.is_file)
        fields = {part.name: _text(part) for part in parts if part.sent_name is None}
    except BaseException:
        Form(parts=tuple(parts)).close()
        raise
    return Form(parts=tuple(parts), files=files, fields=fields)


def _text(part: Part) -> str:
    try:
        return part.read().decode()
    except UnicodeDecodeError as error:
        raise BadRequest(Fault(f'/{part.name}', 'wrong_form', 'text is in UTF-8')) from error


def _parts(boundary: bytes) -> Iterator[Part]:
    """Yields each part as it begins; it is filled as the iteration goes on."""
    decoder = MultipartDecoder(boundary, max_parts=None)
    present: Part | None = None
    number = 0
    for event in _events(decoder):
        if isinstance(event, (File, Field)):
            number += 1
            if number > MAX_PARTS:
                raise BadRequest(Fault('', 'too_many', f'at most {MAX_PARTS} parts'))
            file_name = event.filename if isinstance(event, File) else None
            present = Part(event.name or '', file_name)
            yield present
        elif isinstance(event, Data) and present is not None:
            present.write(event.data)
            if present.sent_name is None and present.size > MAX_FIELD_BYTES:
                raise BadRequest(Fault(f'/{present.name}', 'too_long', 'the field is too long'))


def _events(decoder: MultipartDecoder) -> Iterator[object]:
    for piece in _pieces():
        try:
            decoder.receive_data(piece)
            while not isinstance(event := decoder.next_event(), NeedData):
                if isinstance(event, Epilogue):
                    return
                yield event
        except ValueError as error:
            fault = Fault('', 'malformed_multipart', 'the body is not multipart/form-data')
            raise BadRequest(fault) from error


def _pieces() -> Iterator[bytes | None]:
    """The body, then None. Raises BodyTooLarge at the first byte too many, and BadRequest where
    some are missing."""
    limit, count = request.max_content_length or 0, 0
    # One byte more than is accepted, for the server's own bound counts a read at the end of a
    # body of exactly that size as one too many.
    request.max_content_length = limit + 1
    while piece := request.stream.read(_PIECE):
        count += len(piece)
        if count > limit:
            raise BodyTooLarge()
        yield piece
    check_whole(count)
    yield None
