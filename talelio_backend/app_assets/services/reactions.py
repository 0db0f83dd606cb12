"""What other areas announce, turned into jobs that track which images they show."""

from collections.abc import Iterable
from uuid import UUID

from talelio_backend.app_account.domain.events import ProfileUpdated
from talelio_backend.app_article.domain.events import ArticleEvent
from talelio_backend.app_assets.domain.events import ImagesShown
from talelio_backend.app_assets.domain.image_file import images_named_in
from talelio_backend.app_assets.services.tracking import TRACK_REFERENCES
from talelio_backend.app_project.domain.events import ProjectEvent
from talelio_backend.shared.services.jobs import Job, Reactions


def _track(*, kind: str, thing_id: UUID, title: str, owner_id: UUID, links: Iterable[str],
           former_links: Iterable[str]) -> list[Job]:
    """No job for a thing that shows no image and showed none: nothing is known of it."""
    images = images_named_in(links)
    if not images and not images_named_in(former_links):
        return []
    return [_job(kind=kind, thing_id=thing_id, title=title, owner=str(owner_id), images=images)]


def _job(*, kind: str, thing_id: UUID, title: str, owner: str | None,
         images: Iterable[UUID]) -> Job:
    return Job(name=TRACK_REFERENCES,
               arguments={
                   'kind': kind,
                   'thing': str(thing_id),
                   'title': title,
                   'owner': owner,
                   'images': [str(image_id) for image_id in images]
               },
               lock=f'references:{kind}:{thing_id}')


def on_article(event: ArticleEvent) -> list[Job]:
    return _track(kind='article',
                  thing_id=event.article_id,
                  title=event.title,
                  owner_id=event.owner_id,
                  links=event.links,
                  former_links=event.former_links)


def on_project(event: ProjectEvent) -> list[Job]:
    return _track(kind='project',
                  thing_id=event.project_id,
                  title=event.title,
                  owner_id=event.owner_id,
                  links=event.links,
                  former_links=event.former_links)


def on_profile(event: ProfileUpdated) -> list[Job]:
    avatar = event.changes.get('avatar_url')
    if avatar is None:
        return []
    return _track(kind='avatar',
                  thing_id=event.account_id,
                  title=event.username,
                  owner_id=event.account_id,
                  links=[avatar.after] if avatar.after else [],
                  former_links=[avatar.before] if avatar.before else [])


def on_images_shown(event: ImagesShown) -> list[Job]:
    return [
        _job(kind=event.kind,
             thing_id=event.thing_id,
             title=event.title,
             owner=None if event.owner_id is None else str(event.owner_id),
             images=event.image_ids)
    ]


# Whatever happens to an article or a project, the event tells its links.
REACTIONS: Reactions = {
    **{
        event: [on_article]
        for event in ArticleEvent.__subclasses__()
    },
    **{
        event: [on_project]
        for event in ProjectEvent.__subclasses__()
    },
    ProfileUpdated: [on_profile],
    ImagesShown: [on_images_shown],
}
