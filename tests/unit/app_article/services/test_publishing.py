from typing import Any

import pytest

from talelio_backend.app_article.domain.article import Article, Status
from talelio_backend.app_article.domain.errors import (AlreadyDraft, AlreadyPublished,
                                                       ArticleNotFound, SlugTaken)
from talelio_backend.app_article.domain.events import ArticleDeleted, ArticlePublished
from talelio_backend.app_article.services.publishing import (ArticleChanges, NewArticle,
                                                             PublishingService)
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import Invalid, NotYours, VersionMismatch
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.authentication import Caller
from tests.fakes import FakeClock
from tests.fakes_article import FakeArticleUnitOfWork, WordRenderer

AUTHOR = Caller(account_id=new_id(), level=Level.MEMBER)
OTHER = Caller(account_id=new_id(), level=Level.MEMBER)
ADMIN = Caller(account_id=new_id(), level=Level.ADMIN)


class Desk:
    """The service with its fakes."""

    def __init__(self) -> None:
        self.uow = FakeArticleUnitOfWork()
        self.markdown = WordRenderer()
        self.clock = FakeClock()
        self.service = PublishingService(open_uow=lambda: self.uow,
                                         markdown=self.markdown,
                                         clock=self.clock)

    def write(self, title: str = 'River', body: str = 'Down it goes.', **more: Any) -> str:
        new = NewArticle(title=title, body=body, **more)
        return self.service.create(author_id=AUTHOR.member_id, new=new)

    def edit(self,
             slug: str,
             /,
             caller: Caller = AUTHOR,
             expected_version: int | None = None,
             **changes: Any) -> str:
        return self.service.edit(slug=slug,
                                 caller=caller,
                                 changes=ArticleChanges(**changes),
                                 expected_version=expected_version)

    def article(self, slug: str) -> Article:
        return self.uow.stored[self.uow.owners[slug]]


@pytest.fixture(name='desk')
def make_desk() -> Desk:
    return Desk()


def test_article_takes_its_slug_from_the_title(desk: Desk) -> None:
    assert desk.write('The River, Twice') == 'the-river-twice'
    article = desk.article('the-river-twice')
    assert (article.owner_id, article.status) == (AUTHOR.account_id, Status.PUBLISHED)


def test_second_article_of_one_title_is_numbered(desk: Desk) -> None:
    assert [desk.write(), desk.write(), desk.write()] == ['river', 'river-2', 'river-3']


def test_wanted_slug_is_given_or_refused(desk: Desk) -> None:
    assert desk.write(slug='stream') == 'stream'
    with pytest.raises(SlugTaken) as caught:
        desk.write(slug='stream')
    assert caught.value.data == {'slug': 'stream'}
    assert len(desk.uow.stored) == 1


def test_refused_article_leaves_its_slug_free(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.write(tags=('a', 'A'))
    assert not desk.uow.owners


def test_line_ends_are_stored_as_line_feeds(desk: Desk) -> None:
    assert desk.article(desk.write(body='a\r\nb\rc')).body == 'a\nb\nc'


def test_excerpt_is_cut_at_a_word(desk: Desk) -> None:
    slug = desk.write(body='abcdefghi ' * 30)
    assert desk.article(slug).rendering.excerpt == ' '.join(['abcdefghi'] * 16)


def test_body_alone_is_rendered_anew(desk: Desk) -> None:
    slug = desk.write()
    desk.edit(slug, title='Rivers')
    assert len(desk.markdown.rendered) == 1
    desk.edit(slug, body='Up.')
    assert desk.markdown.rendered[-1] == 'Up.'


def test_changed_title_keeps_the_slug(desk: Desk) -> None:
    slug = desk.write()
    assert desk.edit(slug, title='Stream') == 'river'


def test_new_slug_comes_from_the_new_title(desk: Desk) -> None:
    slug = desk.write()
    assert desk.edit(slug, title='Stream', new_slug=True) == 'stream'
    assert desk.edit('stream', new_slug=True) == 'stream'


def test_former_slug_stays_the_article_s(desk: Desk) -> None:
    desk.write()
    desk.edit('river', slug='stream')
    assert desk.write() == 'river-2'
    with pytest.raises(SlugTaken):
        desk.edit('river-2', slug='river')
    assert desk.edit('stream', slug='river') == 'river'


def test_article_answers_to_its_former_slug(desk: Desk) -> None:
    desk.write()
    desk.edit('river', slug='stream')
    assert desk.edit('river', title='Brook') == 'stream'


def test_nothing_changed_is_no_event(desk: Desk) -> None:
    slug = desk.write()
    happened = len(desk.uow.events)
    desk.edit(slug, title='River', new_slug=False)
    assert len(desk.uow.events) == happened
    assert desk.article(slug).version == 1


def test_older_version_is_refused(desk: Desk) -> None:
    slug = desk.write()
    desk.edit(slug, title='Stream', expected_version=1)
    with pytest.raises(VersionMismatch):
        desk.edit(slug, title='Brook', expected_version=1)
    assert desk.article(slug).title == 'Stream'


def test_admin_changes_articles_of_others(desk: Desk) -> None:
    slug = desk.write()
    desk.edit(slug, caller=ADMIN, title='Stream')
    assert desk.article(slug).owner_id == AUTHOR.account_id


def test_public_article_of_another_is_not_theirs(desk: Desk) -> None:
    slug = desk.write()
    with pytest.raises(NotYours):
        desk.edit(slug, caller=OTHER, title='Mine')


def test_draft_of_another_is_unknown(desk: Desk) -> None:
    slug = desk.write(status=Status.DRAFT)
    with pytest.raises(ArticleNotFound):
        desk.service.publish(slug=slug, caller=OTHER, expected_version=None)


def test_unknown_article_is_not_found(desk: Desk) -> None:
    with pytest.raises(ArticleNotFound):
        desk.service.delete(slug='nowhere', caller=ADMIN, expected_version=None)


def test_draft_is_published_once(desk: Desk) -> None:
    slug = desk.write(status=Status.DRAFT)
    assert desk.service.publish(slug=slug, caller=AUTHOR, expected_version=1) == slug
    assert isinstance(desk.uow.events[-1], ArticlePublished)
    with pytest.raises(AlreadyPublished):
        desk.service.publish(slug=slug, caller=AUTHOR, expected_version=None)


def test_published_article_becomes_a_draft_once(desk: Desk) -> None:
    slug = desk.write()
    assert desk.service.unpublish(slug=slug, caller=AUTHOR, expected_version=None) == slug
    with pytest.raises(AlreadyDraft):
        desk.service.unpublish(slug=slug, caller=AUTHOR, expected_version=None)


def test_deleted_article_gives_its_slugs_back(desk: Desk) -> None:
    desk.write()
    desk.edit('river', slug='stream')
    desk.service.delete(slug='stream', caller=AUTHOR, expected_version=None)
    assert isinstance(desk.uow.events[-1], ArticleDeleted)
    assert not desk.uow.owners
    assert desk.write() == 'river'


def test_rendering_anew_is_no_new_version_and_no_event(desk: Desk) -> None:
    article = desk.article(desk.write())
    happened = len(desk.uow.events)
    desk.markdown.version = 2
    assert desk.service.render_anew(article.id, article.body)
    assert (article.rendering.renderer, article.version) == (2, 1)
    assert len(desk.uow.events) == happened


def test_article_that_went_away_or_was_edited_is_not_rendered_anew(desk: Desk) -> None:
    article = desk.article(desk.write())
    assert not desk.service.render_anew(article.id, 'What it was before.')
    assert not desk.service.render_anew(new_id(), article.body)
