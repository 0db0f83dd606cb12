import json
from functools import partial
from uuid import UUID

from talelio_backend.app_assets.domain.errors import ImageInUse, ImageNotFound, QuotaExceeded
from talelio_backend.app_assets.presentation.schemas import (DeletedView, DeletionQuery,
                                                             ImagePatch, ImagesQuery, ImagesView,
                                                             ImageView, SweepQuery, UploadedView)
from talelio_backend.app_assets.services.keeping import KeepingService
from talelio_backend.app_assets.services.queries import ImageFilter, ImageQueries
from talelio_backend.app_assets.services.uploading import UploadingService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import StorageUnavailable
from talelio_backend.shared.presentation.answers import Answer, document, no_content
from talelio_backend.shared.presentation.api import Resource
from talelio_backend.shared.presentation.conditional import naming_the_present
from talelio_backend.shared.presentation.endpoint import Call, endpoint
from talelio_backend.shared.presentation.lists import list_answer
from talelio_backend.shared.presentation.problems import (BadRequest, BodyTooLarge,
                                                          MediaTypeNotSupported)
from talelio_backend.shared.presentation.uploads import MULTIPART, read_form
from talelio_backend.shared.services.authentication import Caller
from talelio_backend.shared.services.uploads import FILE_ERRORS, MAX_BODY_BYTES


def _owner(caller: Caller) -> UUID | None:
    """Whose images this caller may touch; None: everybody's."""
    return None if caller.is_admin else caller.member_id


def _image_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ImageNotFound() from error


class ImagesResource(Resource):

    def __init__(self, *, uploading: UploadingService, keeping: KeepingService,
                 queries: ImageQueries) -> None:
        self._uploading = uploading
        self._keeping = keeping
        self._queries = queries

    @endpoint(access=Level.MEMBER,
              summary='Upload images',
              response=UploadedView,
              status=201,
              errors=(*FILE_ERRORS, BadRequest, BodyTooLarge, MediaTypeNotSupported, QuotaExceeded,
                      StorageUnavailable),
              other_statuses={200: 'All of them were there already.'},
              consumes=MULTIPART,
              max_body=MAX_BODY_BYTES)
    def post(self, call: Call) -> Answer:
        uploaded = self._uploading.upload(owner_id=call.caller.member_id, files=read_form().files)
        images = self._queries.images(uploaded.image_ids)
        urls = json.dumps([image.url for image in images])
        shown = ','.join(image.body for image in images)
        body = f'{{"image_objects_urls":{urls},"images":[{shown}]}}'
        if not uploaded.created:
            return Answer(body=body, status=200)
        return Answer(body=body, location=f'/v1/assets/images/{uploaded.image_ids[0]}')

    @endpoint(access=Level.MEMBER, summary='List your images', response=ImagesView)
    def get(self, call: Call, query: ImagesQuery) -> Answer:
        wanted = ImageFilter(unreferenced=query.unreferenced,
                             since=query.since,
                             before=query.before)
        request = query.page_request(call.caller.level)
        page = self._queries.page(call.caller.member_id, wanted, request)
        return list_answer('images', page, request)

    @endpoint(access=Level.MEMBER,
              summary='Delete your images that nothing shows',
              response=DeletedView)
    def delete(self, call: Call, query: SweepQuery) -> Answer:
        del query  # says that it is meant
        deleted = self._keeping.delete_unreferenced(owner_id=call.caller.member_id)
        return Answer(body=DeletedView(deleted=deleted.images, bytes=deleted.size))


class ImageResource(Resource):

    def __init__(self, *, keeping: KeepingService, queries: ImageQueries) -> None:
        self._keeping = keeping
        self._queries = queries

    @endpoint(access=Level.MEMBER,
              summary='Read one of your images',
              response=ImageView,
              errors=(ImageNotFound, ))
    def get(self, image_id: str, call: Call) -> Answer:
        return document(self._queries.image(_image_id(image_id), owner_id=_owner(call.caller)))

    @endpoint(access=Level.MEMBER,
              summary='Describe one of your images',
              response=ImageView,
              if_match='accepted',
              errors=(ImageNotFound, ))
    def patch(self, image_id: str, call: Call, body: ImagePatch) -> Answer:
        found, owner_id = _image_id(image_id), _owner(call.caller)
        present = partial(self._queries.image, found, owner_id=owner_id)
        with naming_the_present(present):
            self._keeping.describe(image_id=found,
                                   owner_id=owner_id,
                                   alt=body.alt or '',
                                   expected_version=call.expected_version)
        return document(present())

    @endpoint(access=Level.MEMBER,
              summary='Delete one of your images',
              status=204,
              if_match='accepted',
              errors=(ImageNotFound, ImageInUse))
    def delete(self, image_id: str, call: Call, query: DeletionQuery) -> Answer:
        found, owner_id = _image_id(image_id), _owner(call.caller)
        with naming_the_present(partial(self._queries.image, found, owner_id=owner_id)):
            self._keeping.delete(image_id=found,
                                 owner_id=owner_id,
                                 force=query.force,
                                 expected_version=call.expected_version)
        return no_content()
