from uuid import UUID, uuid4

import pytest

from talelio_backend.app_account.domain.events import ProfileUpdated
from talelio_backend.app_article.domain import events as articles
from talelio_backend.app_assets.domain.events import ImagesShown
from talelio_backend.app_assets.services.ports import Referrer
from talelio_backend.app_assets.services.reactions import REACTIONS
from talelio_backend.app_assets.services.tracking import TrackingService
from talelio_backend.app_project.domain import events as projects
from talelio_backend.shared.domain.events import Change, Event
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.jobs import Job
from tests.fakes_assets import InMemoryAssets, an_image

OWNER, THING, IMAGE = uuid4(), new_id(), new_id()
ELSEWHERE = 'https://elsewhere.example/images/heron.png'
LINK = f'https://api.example/v1/users/ada/images/{IMAGE}-640.webp'


def jobs_of(event: Event) -> list[Job]:
    return [job for reaction in REACTIONS.get(type(event), ()) for job in reaction(event)]


def told(kind: str, images: list[str], title: str = 'Herons') -> list[Job]:
    return [
        Job(name='assets.track_references',
            arguments={
                'kind': kind,
                'thing': str(OWNER if kind == 'avatar' else THING),
                'title': title,
                'owner': str(OWNER),
                'images': images
            },
            lock=f'references:{kind}:{OWNER if kind == "avatar" else THING}')
    ]


@pytest.mark.parametrize('kind', [
    articles.ArticlePublished, articles.ArticleDrafted, articles.ArticleUpdated,
    articles.ArticleUnpublished, articles.ArticleRendered, articles.ArticleDeleted
])
def test_whatever_happens_to_an_article_its_images_are_tracked(
        kind: type[articles.ArticleEvent]) -> None:
    event = kind(article_id=THING,
                 owner_id=OWNER,
                 title='Herons',
                 links=(ELSEWHERE, LINK),
                 former_links=())
    assert jobs_of(event) == told('article', [str(IMAGE)])


@pytest.mark.parametrize(
    'kind', [projects.ProjectCreated, projects.ProjectUpdated, projects.ProjectDeleted])
def test_whatever_happens_to_a_project_its_images_are_tracked(
        kind: type[projects.ProjectEvent]) -> None:
    event = kind(project_id=THING,
                 owner_id=OWNER,
                 title='Herons',
                 links=(),
                 former_links=(ELSEWHERE, LINK))
    assert jobs_of(event) == told('project', [])


def test_a_text_without_our_images_that_had_none_causes_nothing() -> None:
    article = articles.ArticleUpdated(article_id=THING,
                                      owner_id=OWNER,
                                      title='Herons',
                                      links=(ELSEWHERE, ),
                                      former_links=())
    project = projects.ProjectUpdated(project_id=THING,
                                      owner_id=OWNER,
                                      title='Herons',
                                      links=(),
                                      former_links=(ELSEWHERE, ))
    assert not jobs_of(article) + jobs_of(project)


@pytest.mark.parametrize('before, after, images', [(ELSEWHERE, LINK, [str(IMAGE)]),
                                                   (LINK, None, [])],
                         ids=['set', 'cleared'])
def test_a_changed_avatar_is_tracked(before: str, after: str | None, images: list[str]) -> None:
    event = ProfileUpdated(account_id=OWNER,
                           username='ada',
                           changed={'avatar_url': Change(before=before, after=after)})
    assert jobs_of(event) == told('avatar', images, 'ada')


def test_another_change_of_the_profile_causes_nothing() -> None:
    event = ProfileUpdated(account_id=OWNER,
                           username='ada',
                           changed={'bio': Change(before='', after=LINK)})
    assert not jobs_of(event)


@pytest.mark.parametrize('owner', [OWNER, None])
@pytest.mark.parametrize('images', [(IMAGE, ), ()])
def test_another_area_says_what_a_thing_shows(owner: UUID | None, images: tuple[UUID,
                                                                                ...]) -> None:
    event = ImagesShown(kind='book',
                        thing_id=THING,
                        title='Emma',
                        owner_id=owner,
                        image_ids=images)
    assert jobs_of(event) == [
        Job(name='assets.track_references',
            arguments={
                'kind': 'book',
                'thing': str(THING),
                'title': 'Emma',
                'owner': str(owner) if owner else None,
                'images': [str(image) for image in images]
            },
            lock=f'references:book:{THING}')
    ]


def test_what_belongs_to_the_house_has_no_owner() -> None:
    uow, image = InMemoryAssets(), an_image()
    uow.kept[image.id] = image
    TrackingService(open_uow=lambda: uow).track(kind='book',
                                                thing=str(THING),
                                                owner=None,
                                                title='Emma',
                                                images=[str(image.id)])
    assert uow.to(image.id) == [Referrer(kind='book', id=THING, owner_id=None, title='Emma')]


def test_the_last_word_replaces_what_was_known() -> None:
    uow = InMemoryAssets()
    service = TrackingService(open_uow=lambda: uow)
    one, other = an_image(), an_image()
    uow.kept |= {one.id: one, other.id: other}

    def tell(title: str, *images: UUID) -> None:
        service.track(kind='article',
                      thing=str(THING),
                      owner=str(OWNER),
                      title=title,
                      images=[str(image) for image in images])

    tell('Herons', one.id, new_id())
    assert uow.to(one.id) == [Referrer(kind='article', id=THING, owner_id=OWNER, title='Herons')]
    tell('Swans', other.id)
    assert not uow.to(one.id)
    assert [referrer.title for referrer in uow.to(other.id)] == ['Swans']
    tell('Swans')
    assert not uow.to(other.id)
