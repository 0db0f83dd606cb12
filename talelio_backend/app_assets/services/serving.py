from collections.abc import Iterator
from contextlib import ExitStack

from talelio_backend.app_assets.domain.errors import ImageNotFound
from talelio_backend.app_assets.domain.image_file import ImageFile
from talelio_backend.app_assets.services.queries import ImageQueries, StoredFile
from talelio_backend.shared.services.object_store import ObjectStore

# A file never changes: another picture has another name (RFC 8246).
CACHE_CONTROL = 'public, max-age=31536000, immutable'


class ObjectStream:
    """The bytes of an object, piece by piece. Whoever has one closes it, read or not."""

    def __init__(self, chunks: Iterator[bytes], opened: ExitStack) -> None:
        self._chunks = chunks
        self._opened = opened

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        self._opened.close()


class ServingService:
    """Image files for everybody. Between the look-up and the last byte no database connection is
    held."""

    def __init__(self, *, queries: ImageQueries, objects: ObjectStore) -> None:
        self._queries = queries
        self._objects = objects

    def find(self, *, username: str, file_name: str) -> StoredFile:
        """Raises ImageNotFound for everything that is not a file of this person."""
        file = ImageFile.parse(file_name)
        found = None if file is None else self._queries.file(username, file)
        if found is None:
            raise ImageNotFound()
        return found

    def open(self, file: StoredFile, *, first: int = 0, last: int | None = None) -> ObjectStream:
        """The bytes ``first`` to ``last``, both included. Raises ImageNotFound when the object is
        gone, StorageUnavailable."""
        with ExitStack() as stack:
            opened = stack.enter_context(self._objects.open(file.key, first=first, last=last))
            if opened is None:
                raise ImageNotFound()
            return ObjectStream(opened.chunks, stack.pop_all())
