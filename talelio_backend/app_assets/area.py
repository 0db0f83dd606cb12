from typing import Protocol

from talelio_backend.app_assets.commands import assets_group
from talelio_backend.app_assets.data.media import ORIGINALS
from talelio_backend.app_assets.data.queries import SqlImageQueries
from talelio_backend.app_assets.data.unit_of_work import SqlAssetsUnitOfWork
from talelio_backend.app_assets.domain.events import (ImageDeleted, ImagesShown, ImageUpdated,
                                                      ImageUploaded)
from talelio_backend.app_assets.domain.quota import Quota
from talelio_backend.app_assets.presentation.image_files import ImageFileResource
from talelio_backend.app_assets.presentation.resources import ImageResource, ImagesResource
from talelio_backend.app_assets.services.keeping import DELETE_OBJECTS, KeepingService
from talelio_backend.app_assets.services.reactions import REACTIONS
from talelio_backend.app_assets.services.receiving import ReceivingService
from talelio_backend.app_assets.services.serving import ServingService
from talelio_backend.app_assets.services.sweeping import SWEEP_ORPHANS, SweepingService
from talelio_backend.app_assets.services.tracking import TRACK_REFERENCES, TrackingService
from talelio_backend.app_assets.services.uploading import UploadingService
from talelio_backend.app_assets.services.variants import MAKE_VARIANTS, VariantsService
from talelio_backend.shared.area import Area, Kernel, Route
from talelio_backend.shared.services.jobs import Handler


class AssetsSettings(Protocol):

    @property
    def public_url(self) -> str:
        ...

    @property
    def s3_public_url(self) -> str | None:
        ...

    @property
    def image_quota_bytes(self) -> int:
        ...

    @property
    def image_quota_count(self) -> int:
        ...


def plug(kernel: Kernel, settings: AssetsSettings) -> Area:

    def open_uow() -> SqlAssetsUnitOfWork:
        return SqlAssetsUnitOfWork(kernel.transactions)

    queries = SqlImageQueries(kernel.read,
                              public_url=settings.public_url,
                              s3_public_url=settings.s3_public_url,
                              quota_bytes=settings.image_quota_bytes,
                              cursors=kernel.cursors)
    uploading = UploadingService(open_uow=open_uow,
                                 images=kernel.images,
                                 objects=kernel.objects,
                                 clock=kernel.clock,
                                 quota=Quota(images=settings.image_quota_count,
                                             size=settings.image_quota_bytes))
    keeping = KeepingService(open_uow=open_uow, objects=kernel.objects, clock=kernel.clock)
    variants = VariantsService(open_uow=open_uow, images=kernel.images, objects=kernel.objects)
    sweeping = SweepingService(open_uow=open_uow, objects=kernel.objects, clock=kernel.clock)
    tracking = TrackingService(open_uow=open_uow)
    serving = ServingService(queries=queries, objects=kernel.objects)
    one = {'keeping': keeping, 'queries': queries}
    return Area(
        name='assets',
        events=(ImageUploaded, ImageUpdated, ImageDeleted, ImagesShown),
        routes=(
            Route(rule='/v1/assets/images',
                  resource=ImagesResource,
                  arguments={'uploading': uploading} | one),
            Route(rule='/v1/assets/images/<image_id>', resource=ImageResource, arguments=one),
            Route(rule='/v1/users/<username>/images/<file>',
                  resource=ImageFileResource,
                  arguments={'serving': serving}),
        ),
        handlers=(
            Handler(name=MAKE_VARIANTS, run=variants.make, on_exhausted=variants.give_up),
            # A reference that is never noted lets a picture be deleted that is being shown.
            Handler(name=TRACK_REFERENCES, run=tracking.track, attempts=12),
            Handler(name=DELETE_OBJECTS, run=keeping.delete_objects, attempts=12),
            Handler(name=SWEEP_ORPHANS, run=sweeping.sweep, cron='41 3 * * *'),
        ),
        reactions=REACTIONS,
        media=(ORIGINALS, ),
        picture_keeper=ReceivingService(uploading),
        commands=(assets_group(sweeping, variants), ))
