from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, bindparam, delete, exists, func, insert, select
from sqlalchemy.orm import Session

from talelio_backend.app_assets.data.orm import image_table, reference_table
from talelio_backend.app_assets.domain.image import Image, VariantsStatus
from talelio_backend.app_assets.domain.image_file import keys_of_image
from talelio_backend.app_assets.domain.quota import Usage
from talelio_backend.app_assets.services.ports import Referrer
from talelio_backend.shared.data.failures import database_failures

_image, _reference = image_table.c, reference_table.c
# The first of the two keys is ours among all advisory locks of the database.
_LOCK_SPACE = 1129270867
_lock = select(
    func.pg_advisory_xact_lock(bindparam('space', type_=Integer), bindparam('key', type_=Integer)))
_usage = select(func.count().label('images'),
                func.coalesce(func.sum(_image.size), 0).label('size'))
_is_referred_to = exists().where(_reference.image_id == _image.id)


class SqlImageRepository:

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, image: Image) -> None:
        self._session.add(image)

    def get(self, image_id: UUID, *, owner_id: UUID | None = None) -> Image | None:
        with database_failures():
            image = self._session.get(Image, image_id, with_for_update=True)
        return image if image and owner_id in (None, image.owner_id) else None

    def remove(self, image: Image) -> None:
        self._session.delete(image)

    def lock_owner(self, owner_id: UUID) -> None:
        # Two people who share a key wait for one another and lose nothing by it.
        key = owner_id.int & 0x7FFFFFFF
        with database_failures():
            self._session.execute(_lock, {'space': _LOCK_SPACE, 'key': key})

    def usage(self, owner_id: UUID) -> Usage:
        with database_failures():
            row = self._session.execute(_usage.where(_image.owner_id == owner_id)).one()
        return Usage(images=row.images, size=int(row.size))

    def ids_by_sha256(self, owner_id: UUID, digests: Collection[bytes]) -> Mapping[bytes, UUID]:
        wanted = select(_image.sha256, _image.id).where(_image.owner_id == owner_id,
                                                        _image.sha256.in_(digests))
        with database_failures():
            return {bytes(row.sha256): row.id for row in self._session.execute(wanted)}

    def keys(self, image_ids: Collection[UUID]) -> set[str]:
        wanted = select(_image.id, _image.owner_id,
                        _image.extension).where(_image.id.in_(image_ids))
        with database_failures():
            rows = self._session.execute(wanted).all()
        return {key for row in rows for key in keys_of_image(*row)}

    def without_variants(self) -> Sequence[UUID]:
        wanted = select(_image.id).where(_image.variants_status != VariantsStatus.READY)
        with database_failures():
            return self._session.scalars(wanted.order_by(_image.id)).all()

    def unreferenced(self, owner_id: UUID, *, before: datetime) -> Sequence[Image]:
        wanted = select(Image).where(_image.owner_id == owner_id, _image.created_at < before,
                                     ~_is_referred_to)
        with database_failures():
            return self._session.scalars(wanted.order_by(_image.id).with_for_update()).all()


class SqlReferences:

    def __init__(self, session: Session) -> None:
        self._session = session

    def replace(self, referrer: Referrer, image_ids: Iterable[UUID]) -> None:
        values = {
            'kind': referrer.kind,
            'referrer_id': referrer.id,
            'owner_id': referrer.owner_id,
            'title': referrer.title
        }
        with database_failures():
            self._session.execute(
                delete(reference_table).where(_reference.kind == referrer.kind,
                                              _reference.referrer_id == referrer.id))
            # Locked, so that an image that is being deleted is gone or stays, and breaks no key.
            there = self._session.scalars(
                select(_image.id).where(_image.id.in_(list(image_ids))).order_by(
                    _image.id).with_for_update(read=True, key_share=True)).all()
            if there:
                self._session.execute(insert(reference_table),
                                      [values | {
                                          'image_id': image_id
                                      } for image_id in there])

    def to(self, image_id: UUID) -> Sequence[Referrer]:
        wanted = select(reference_table).where(_reference.image_id == image_id).order_by(
            _reference.kind, _reference.title, _reference.referrer_id)
        with database_failures():
            rows = self._session.execute(wanted).all()
        return [
            Referrer(kind=row.kind, id=row.referrer_id, owner_id=row.owner_id, title=row.title)
            for row in rows
        ]
