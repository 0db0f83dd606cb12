from typing import Annotated, Literal

from pydantic import Field

from talelio_backend.shared.presentation.lists import ListQuery, ListView
from talelio_backend.shared.presentation.schemas import Line, PatchBody, Query, Time, View


class ImagePatch(PatchBody):
    alt: Annotated[Line | None, Field(max_length=500)] = None


class ImagesQuery(ListQuery):
    unreferenced: bool = False
    since: Time | None = None
    before: Time | None = None


class SweepQuery(Query):
    """Without the parameter nothing is deleted: it has to be said."""

    unreferenced: Literal['true']


class DeletionQuery(Query):
    force: bool = False


class VariantView(View):
    width: int
    height: int
    url: str
    content_type: str
    bytes: int


class ImageView(View):
    id: str
    url: str
    file_name: str
    content_type: str
    width: int
    height: int
    bytes: int
    alt: str
    variants_status: Literal['pending', 'ready', 'failed']
    variants: list[VariantView]
    created_at: str


class ImagesView(ListView):
    images: list[ImageView]
    used_bytes: int
    quota_bytes: int


class UploadedView(View):
    image_objects_urls: list[str]
    images: list[ImageView]


class DeletedView(View):
    deleted: int
    bytes: int
