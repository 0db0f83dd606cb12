from typing import Protocol
from uuid import UUID

from talelio_backend.shared.services.listing import Document, Page, PageRequest


class ProjectQueries(Protocol):
    """What is read of projects, as JSON made by the database: one statement an answer."""

    def document(self, project_id: UUID) -> Document:
        """A project with its ``user``. Raises ProjectNotFound."""
        ...

    def own_document(self, project_id: UUID) -> Document:
        """A project alone, as its owner gets it after a change. Raises ProjectNotFound."""
        ...

    def document_validator(self, project_id: UUID) -> Document | None:
        """What the ETag is made of, without a body; None where there is no such project."""
        ...

    def of_user(self, username: str, request: PageRequest) -> Page:
        """The projects of one person, with the member ``user``. Raises UserNotFound, BadQuery."""
        ...
