from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, bindparam, func, select

from talelio_backend.app_account.data.orm import user_table
from talelio_backend.app_assets.data.columns import (addresses, build_list, filtered, shape_of,
                                                     shown_image, stamp, used_bytes, values_of)
from talelio_backend.app_assets.data.orm import image_table
from talelio_backend.app_assets.domain.errors import ImageNotFound
from talelio_backend.app_assets.domain.image_file import ImageFile
from talelio_backend.app_assets.services.queries import ImageFilter, ShownImage, StoredFile
from talelio_backend.shared.data.database import ReadDatabase
from talelio_backend.shared.data.image_addresses import users_url
from talelio_backend.shared.data.orm import Id
from talelio_backend.shared.data.sql import as_text
from talelio_backend.shared.services.listing import CursorCodec, Document, Page, PageRequest

_image, _user = image_table.c, user_table.c
_with_owner = image_table.join(user_table, _user.id == _image.owner_id)
_file = select(_image.owner_id, _image.extension, _image.content_type, _image.size,
               _image.variants, _image.created_at).select_from(_with_owner).where(
                   _image.id == bindparam('image_id', type_=Id),
                   # An installation that moved may have handed files out under their key.
                   func.lower(bindparam('username', type_=Text)).in_(
                       (func.lower(_user.username), as_text(_image.owner_id))))


class SqlImageQueries:
    """See the port ``ImageQueries``. Statements are built once and kept."""

    def __init__(self, read: ReadDatabase, *, public_url: str, s3_public_url: str | None,
                 quota_bytes: int, cursors: CursorCodec) -> None:
        self._read = read
        self._quota = {'quota_bytes': quota_bytes}
        self._bound = {'users_url': users_url(public_url=public_url, s3_public_url=s3_public_url)}
        self._addresses = addresses(_user.username if s3_public_url is None else as_text(_user.id))
        self._one = self._select().where(_image.id == bindparam('image_id', type_=Id))
        self._many = self._select().where(_image.id.in_(bindparam('image_ids', expanding=True)))
        self._list = build_list(cursors)

    def _select(self) -> Select[Any]:
        shown = shown_image(self._addresses)
        return select(_image.id, _image.owner_id, _image.version,
                      self._addresses.original.label('url'),
                      as_text(shown).label('body')).select_from(_with_owner)

    def image(self, image_id: UUID, *, owner_id: UUID | None) -> Document:
        row = self._read.one(self._one, self._bound | {'image_id': image_id})
        if row is None or owner_id not in (None, row.owner_id):
            raise ImageNotFound()
        return Document(body=row.body, validator=row.body, version=row.version)

    def images(self, image_ids: Sequence[UUID]) -> list[ShownImage]:
        rows = self._read.all(self._many, self._bound | {'image_ids': list(image_ids)})
        shown = {row.id: ShownImage(url=row.url, body=row.body) for row in rows}
        return [shown[image_id] for image_id in image_ids if image_id in shown]

    def page(self, owner_id: UUID, wanted: ImageFilter, request: PageRequest) -> Page:
        if request.options_only:
            return self._list.options_page(request)
        return self._list.page(self._read,
                               request,
                               base=lambda: filtered(self._rows(), wanted),
                               shape=shape_of(wanted),
                               parameters={
                                   'owner_id': owner_id,
                                   **self._bound,
                                   **self._quota,
                                   **values_of(wanted)
                               },
                               members={
                                   'used_bytes': used_bytes(),
                                   'quota_bytes': as_text(bindparam('quota_bytes'))
                               })

    def _rows(self) -> Select[Any]:
        return select(
            shown_image(self._addresses).label('row'),
            stamp(self._addresses).label('stamp')).select_from(_with_owner).where(
                _image.owner_id == bindparam('owner_id', type_=Id))

    def file(self, username: str, file: ImageFile) -> StoredFile | None:
        row = self._read.one(_file, {'image_id': file.image_id, 'username': username})
        if row is None:
            return None
        if file.width is None:
            content_type, sizes = row.content_type, [row.size]
            sizes = sizes if file.extension == row.extension else []
        else:
            content_type = 'image/webp'
            sizes = [variant.size for variant in row.variants if variant.width == file.width]
        if not sizes:
            return None
        return StoredFile(key=file.key(row.owner_id),
                          content_type=content_type,
                          size=sizes[0],
                          last_modified=row.created_at)
