from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from uuid import UUID

from talelio_backend.app_assets.domain.errors import ImageStoredAlready
from talelio_backend.app_assets.domain.image import Image
from talelio_backend.app_assets.domain.image_file import ImageFile, shown_name
from talelio_backend.app_assets.domain.quota import Quota
from talelio_backend.app_assets.services.ports import AssetsUnitOfWork
from talelio_backend.app_assets.services.serving import CACHE_CONTROL
from talelio_backend.app_assets.services.variants import make_variants_job
from talelio_backend.shared.domain.errors import (Busy, DatabaseUnavailable, DomainError,
                                                  StorageUnavailable)
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.clock import Clock
from talelio_backend.shared.services.images import ImagePipeline, PictureRefused
from talelio_backend.shared.services.object_store import ObjectStore
from talelio_backend.shared.services.uploads import SentFile, refuse, refuse_bad_files

# A finished picture that is larger waits on the disk for the others of its request.
_IN_MEMORY = 64 * 1024
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """``image_ids`` in the order of the files; ``created``: not all were there already."""

    image_ids: tuple[UUID, ...]
    created: bool


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A picture encoded anew, not stored yet."""

    id: UUID
    file: SentFile
    content: 'SpooledTemporaryFile[bytes]'
    content_type: str
    extension: str
    width: int
    height: int
    size: int

    def key(self, owner_id: UUID) -> str:
        return ImageFile(self.id, self.extension).key(owner_id)


class CommitUnanswered(DatabaseUnavailable):
    """The connection died in the middle of a commit: nobody knows whether the rows are there."""


class UploadingService:
    """Takes pictures in: all of a request or none."""

    def __init__(self, *, open_uow: Callable[[], AssetsUnitOfWork], images: ImagePipeline,
                 objects: ObjectStore, clock: Clock, quota: Quota) -> None:
        self._open_uow = open_uow
        self._images = images
        self._objects = objects
        self._clock = clock
        self._quota = quota

    def upload(self, *, owner_id: UUID, files: Sequence[SentFile]) -> Uploaded:
        """Stores the pictures that the person does not have yet, and answers the ids of all.

        Each is decoded once, outside of any transaction; then the objects are put, then the rows
        are written in one transaction, and on a failure the objects go again.

        Raises NoFile, FileEmpty, TooManyFiles, FileTooLarge, ImageTypeNotSupported,
        ImageTooManyPixels, ImageBroken, QuotaExceeded, StorageUnavailable, DatabaseUnavailable,
        Busy (an image was deleted at the moment when it was sent again).
        """
        refuse_bad_files(files, self._images)
        for _ in range(_TRIES):
            with suppress(ImageStoredAlready), ExitStack() as spools:
                return self._try(owner_id, files, spools)
        raise Busy()

    def _try(self, owner_id: UUID, files: Sequence[SentFile], spools: ExitStack) -> Uploaded:
        with self._open_uow() as uow:
            known = uow.images.ids_by_sha256(owner_id, {file.sha256 for file in files})
            used = uow.images.usage(owner_id)
        prepared = self._prepare(files, known, spools)
        if not prepared:
            return Uploaded(image_ids=tuple(known[file.sha256] for file in files), created=False)
        self._quota.check(used, *(each.size for each in prepared))
        return self._store(owner_id, files, prepared)

    def _prepare(self, files: Sequence[SentFile], known: Iterable[bytes],
                 spools: ExitStack) -> list[Prepared]:
        """Encodes each file that is not known, once. Raises what ``normalize`` raises."""
        seen, prepared = set(known), []
        found: list[type[PictureRefused] | None] = [None] * len(files)
        for index, file in enumerate(files):
            if file.sha256 in seen:
                continue
            try:
                prepared.append(self._encode(file, spools))
                seen.add(file.sha256)
            except PictureRefused as error:
                found[index] = type(error)
        refuse(found)
        return prepared

    def _encode(self, file: SentFile, spools: ExitStack) -> Prepared:
        picture = self._images.normalize(file.read())
        content = SpooledTemporaryFile(_IN_MEMORY)  # pylint: disable=consider-using-with
        spools.enter_context(content)
        try:
            content.write(picture.content)
            content.flush()
        except OSError as error:  # the disk is full
            raise StorageUnavailable() from error
        return Prepared(id=new_id(),
                        file=file,
                        content=content,
                        content_type=picture.content_type,
                        extension=picture.extension,
                        width=picture.width,
                        height=picture.height,
                        size=len(picture.content))

    def _store(self, owner_id: UUID, files: Sequence[SentFile],
               prepared: Sequence[Prepared]) -> Uploaded:
        put: list[Prepared] = []
        try:
            for each in prepared:
                put.append(each)  # first, for a put without an answer may have stored it
                each.content.seek(0)
                self._objects.put(each.key(owner_id),
                                  each.content.read(),
                                  content_type=each.content_type,
                                  cache_control=CACHE_CONTROL)
            image_ids = self._write_rows(owner_id, files, prepared)
        except CommitUnanswered:
            self._discard(owner_id, self._without_row(owner_id, put))
            raise
        except BaseException:
            self._discard(owner_id, put)
            raise
        lost = [each for each in prepared if each.id not in image_ids]
        self._discard(owner_id, lost)
        return Uploaded(image_ids=tuple(image_ids), created=len(lost) < len(prepared))

    def _write_rows(self, owner_id: UUID, files: Sequence[SentFile],
                    prepared: Sequence[Prepared]) -> list[UUID]:
        """The ids of all files. Those that somebody stored meanwhile are not stored again."""
        with self._open_uow() as uow:
            uow.images.lock_owner(owner_id)
            ids = dict(uow.images.ids_by_sha256(owner_id, {file.sha256 for file in files}))
            new = [each for each in prepared if each.file.sha256 not in ids]
            self._quota.check(uow.images.usage(owner_id), *(each.size for each in new))
            for each in new:
                ids[each.file.sha256] = each.id
                uow.images.add(self._image(owner_id, each))
                uow.defer(make_variants_job(each.id))
            if not all(file.sha256 in ids for file in files):
                raise Busy()
            try:
                uow.commit()
            except DatabaseUnavailable as error:
                raise CommitUnanswered() from error
        return [ids[file.sha256] for file in files]

    def _image(self, owner_id: UUID, prepared: Prepared) -> Image:
        name = shown_name(prepared.file.file_name, extension=prepared.extension)
        return Image.upload(image_id=prepared.id,
                            owner_id=owner_id,
                            sha256=prepared.file.sha256,
                            file_name=name,
                            content_type=prepared.content_type,
                            extension=prepared.extension,
                            width=prepared.width,
                            height=prepared.height,
                            size=prepared.size,
                            now=self._clock.now())

    def _without_row(self, owner_id: UUID, put: Sequence[Prepared]) -> list[Prepared]:
        """A row without its object would be a broken image; an object without its row is found
        by the sweep. So what cannot be known counts as stored."""
        try:
            with self._open_uow() as uow:
                stored = uow.images.keys([each.id for each in put])
        except DomainError:
            return []
        return [each for each in put if each.key(owner_id) not in stored]

    def _discard(self, owner_id: UUID, put: Sequence[Prepared]) -> None:
        # What cannot be deleted now is found by the sweep.
        with suppress(StorageUnavailable):
            self._objects.delete([each.key(owner_id) for each in put])
