from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from talelio_backend.app_project.domain.project import Details, Link
from talelio_backend.shared.presentation.lists import ListView
from talelio_backend.shared.presentation.schemas import (BlankIsNone, Body, Line, LongText,
                                                         PatchBody, Time, View)
from talelio_backend.shared.presentation.web_address import WebAddress


class LinkBody(Body):
    label: Annotated[Line, Field(min_length=1, max_length=60)]
    url: WebAddress


Title = Annotated[Line, Field(min_length=1, max_length=120)]
BodyText = Annotated[LongText, Field(max_length=100_000)]
Links = Annotated[list[LinkBody], Field(max_length=20)]
OptionalAddress = Annotated[WebAddress | None, BlankIsNone]


def _links(bodies: list[LinkBody]) -> tuple[Link, ...]:
    return tuple(Link(label=link.label, url=link.url) for link in bodies)


class NewProjectBody(Body):
    title: Title
    body: BodyText = ''
    links: Links = []
    cover_image: OptionalAddress = None
    repository_url: OptionalAddress = None
    demo_url: OptionalAddress = None

    def details(self) -> Details:
        return Details(title=self.title,
                       links=_links(self.links),
                       cover_image=self.cover_image,
                       repository_url=self.repository_url,
                       demo_url=self.demo_url)


class ProjectPatchBody(PatchBody):
    title: Title = ''
    body: BodyText = ''
    links: Links = []
    cover_image: OptionalAddress = None
    repository_url: OptionalAddress = None
    demo_url: OptionalAddress = None

    def details(self) -> dict[str, Any]:
        """The fields of ``Details`` that were sent."""
        sent = self.changes()
        sent.pop('body', None)
        if 'links' in sent:
            sent['links'] = _links(self.links)
        return sent

    def new_body(self) -> str | None:
        return self.body if 'body' in self.model_fields_set else None


class OrderBody(Body):
    ids: list[UUID]


class OwnerView(View):
    id: UUID
    username: str
    display_name: str | None
    location: str
    avatar_url: str | None


class LinkView(View):
    label: str
    url: str


class ProjectView(View):
    id: UUID
    user_id: UUID
    title: str
    body: str
    html: str
    links: list[LinkView]
    cover_image: str | None
    repository_url: str | None
    demo_url: str | None
    position: int
    version: int
    created_at: Time
    updated_at: Time


class ProjectDocumentView(ProjectView):
    user: OwnerView


class ProjectsView(ListView):
    user: OwnerView
    projects: list[ProjectView]
