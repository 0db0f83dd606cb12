from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import timedelta
from uuid import UUID

import pytest

from talelio_backend.app_article.data.unit_of_work import SqlArticleUnitOfWork
from talelio_backend.app_article.domain.article import Article, Edit, Rendering, Status, Text
from talelio_backend.shared.domain.errors import VersionMismatch
from talelio_backend.shared.domain.ids import new_id
from tests.authors import Person, Site
from tests.fakes import NOON

LATER = NOON + timedelta(days=1)

OpenUow = Callable[[], SqlArticleUnitOfWork]


@pytest.fixture(name='open_uow')
def make_open_uow(site: Site) -> OpenUow:
    return lambda: SqlArticleUnitOfWork(site.house.kernel.transactions)


def an_article(owner_id: UUID) -> Article:
    rendering = Rendering('<p>\u00e9</p>', '<div class="toc"></div>', '\u00e9', 1, 2,
                          ('https://a.example/', '/b'), 7)
    return Article.create(article_id=new_id(),
                          owner_id=owner_id,
                          slug='river',
                          title='River \u2014 "one"',
                          text=Text(body='\u00e9', rendering=rendering),
                          meta_description='About',
                          featured_image='https://a.example/c.png',
                          tags=('Water', 'de', 'a'),
                          status=Status.PUBLISHED,
                          now=NOON)


def store(open_uow: OpenUow, article: Article) -> None:
    with open_uow() as uow:
        assert uow.slugs.claim(article.slug, article.id)
        uow.articles.add(article)
        uow.commit()


def test_article_comes_back_as_it_was_stored(open_uow: OpenUow, ada: Person) -> None:
    article = an_article(ada.id)
    stored = asdict(article)
    assert set(stored) == {field.name for field in fields(Article)}
    store(open_uow, article)
    with open_uow() as uow:
        found = uow.articles.named('river')
        assert found is not None and found is not article
        assert asdict(found) == stored
        assert isinstance(found.status, Status)


def test_change_of_every_field_comes_back(open_uow: OpenUow, ada: Person) -> None:
    store(open_uow, an_article(ada.id))
    with open_uow() as uow:
        article = uow.articles.named('river')
        assert article is not None
        text = Text(body='z', rendering=Rendering('<p>z</p>', '', 'z', 9, 9, (), 8))
        edit = Edit(title='Z',
                    text=text,
                    meta_description='',
                    featured_image='',
                    tags=('de', 'b'),
                    slug='river')
        article.edit(edit, now=LATER)
        article.unpublish(now=LATER)
        changed = asdict(article)
        uow.commit()
    with open_uow() as uow:
        found = uow.articles.with_id(changed['id'])
        assert found is not None
        assert asdict(found) == changed


def test_tag_rows_follow_tags_and_state(open_uow: OpenUow, site: Site, ada: Person) -> None:
    article = an_article(ada.id)
    store(open_uow, article)
    assert tag_rows(site) == [('water', 'Water', True), ('de', 'de', True), ('a', 'a', True)]
    with open_uow() as uow:
        found = uow.articles.with_id(article.id)
        assert found is not None
        found.edit(Edit(tags=('B', 'DE')), now=LATER)
        found.unpublish(now=LATER)
        uow.commit()
    assert tag_rows(site) == [('b', 'B', False), ('de', 'DE', False)]


def tag_rows(site: Site) -> list[tuple[str, str, bool]]:
    rows = site.execute('SELECT slug, tag, published FROM article_tag ORDER BY position')
    return [tuple(row) for row in rows]


def test_removed_article_leaves_nothing(open_uow: OpenUow, site: Site, ada: Person) -> None:
    store(open_uow, an_article(ada.id))
    with open_uow() as uow:
        article = uow.articles.named('river')
        assert article is not None
        assert uow.slugs.claim('stream', article.id)
        uow.articles.remove(article)
        uow.commit()
    counts = site.execute(
        'SELECT (SELECT count(*) FROM article), '
        '(SELECT count(*) FROM article_slug), (SELECT count(*) FROM article_tag)')
    assert tuple(counts[0]) == (0, 0, 0)


def test_leaving_without_commit_leaves_slug_and_article_behind(open_uow: OpenUow,
                                                               ada: Person) -> None:
    article = an_article(ada.id)
    with open_uow() as uow:
        uow.slugs.claim(article.slug, article.id)
        uow.articles.add(article)
        uow.flush()
    with open_uow() as uow:
        assert uow.articles.named('river') is None
        assert uow.slugs.claim('river', new_id())


def test_writing_over_an_unseen_version_is_refused(open_uow: OpenUow, site: Site,
                                                   ada: Person) -> None:
    store(open_uow, an_article(ada.id))
    with open_uow() as uow:
        article = uow.articles.named('river')
    assert article is not None
    site.execute('UPDATE article SET version = 2')
    article.edit(Edit(title='Other'), now=LATER)
    with open_uow() as uow:
        uow.articles.add(article)
        with pytest.raises(VersionMismatch):
            uow.commit()


def test_slugs_of_others_are_taken_and_own_are_not(open_uow: OpenUow, ada: Person) -> None:
    article = an_article(ada.id)
    store(open_uow, article)
    with open_uow() as uow:
        assert not uow.slugs.claim('river', new_id())
        assert uow.slugs.claim('river', article.id)
        assert uow.slugs.taken(['river', 'river-walk'], new_id()) == {'river'}
        assert uow.slugs.taken(['river'], article.id) == set()
