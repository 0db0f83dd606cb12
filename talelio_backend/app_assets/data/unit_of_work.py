from sqlalchemy.orm import Session

from talelio_backend.app_assets.data.image_repository import SqlImageRepository, SqlReferences
from talelio_backend.app_assets.domain.errors import ImageStoredAlready
from talelio_backend.shared.data.unit_of_work import SqlUnitOfWork


class SqlAssetsUnitOfWork(SqlUnitOfWork):
    constraints = {'uq_image_owner_sha256': ImageStoredAlready}

    images: SqlImageRepository
    references: SqlReferences

    def attach(self, session: Session) -> None:
        self.images = SqlImageRepository(session)
        self.references = SqlReferences(session)
