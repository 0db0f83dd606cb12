from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from talelio_backend.app_article.domain.article import Article, Edit, Rendering, Status, Text
from talelio_backend.app_article.domain.errors import AlreadyDraft, AlreadyPublished
from talelio_backend.app_article.domain.events import (ArticleDeleted, ArticleDrafted,
                                                       ArticleEvent, ArticlePublished,
                                                       ArticleRendered, ArticleUnpublished,
                                                       ArticleUpdated)
from talelio_backend.shared.domain.errors import Invalid, VersionMismatch
from talelio_backend.shared.domain.events import Change
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import NOON

LATER = NOON + timedelta(hours=1)
EVEN_LATER = NOON + timedelta(hours=2)


def a_text(body: str = 'Down the river.', renderer: int = 1) -> Text:
    rendering = Rendering(f'<p>{body}</p>', '', body, 3, 1, ('https://a.example/b.png', ),
                          renderer)
    return Text(body=body, rendering=rendering)


def an_article(**changed: Any) -> Article:
    given: dict[str, Any] = {
        'article_id': new_id(),
        'owner_id': new_id(),
        'slug': 'river',
        'title': 'River',
        'text': a_text(),
        'meta_description': '',
        'featured_image': '',
        'tags': ('Water', ),
        'status': Status.PUBLISHED,
        'now': NOON,
    }
    article = Article.create(**given | changed)
    return article


def a_draft(**changed: Any) -> Article:
    return an_article(status=Status.DRAFT, **changed)


def test_new_article_is_published_at_its_creation() -> None:
    article = an_article()
    assert (article.version, article.created_at, article.updated_at, article.published_at,
            article.listed_at) == (1, NOON, NOON, NOON, NOON)
    event, = article.collect_events()
    assert isinstance(event, ArticlePublished)
    assert (event.title, event.owner_id) == ('River', article.owner_id)


def test_draft_has_no_publication() -> None:
    article = a_draft()
    assert article.published_at is None
    assert isinstance(article.collect_events()[0], ArticleDrafted)


def test_equal_tags_are_refused() -> None:
    with pytest.raises(Invalid) as caught:
        an_article(tags=('Water', 'wáter'))
    assert [(fault.pointer, fault.code)
            for fault in caught.value.faults] == [('/tags', 'duplicate')]


def test_edit_raises_the_version_and_tells_what_changed() -> None:
    article = an_article()
    article.collect_events()
    article.edit(Edit(title='Rivers', tags=('Water', 'Stone')), now=LATER)
    assert (article.version, article.updated_at, article.listed_at) == (2, LATER, NOON)
    event, = article.collect_events()
    assert isinstance(event, ArticleUpdated)
    assert event.changes == {
        'title': Change('River', 'Rivers'),
        'tags': Change(['Water'], ['Water', 'Stone'])
    }


def test_edit_that_changes_nothing_keeps_the_version_and_is_no_event() -> None:
    article = an_article()
    article.collect_events()
    same = Edit(title='River',
                text=a_text(),
                meta_description='',
                featured_image='',
                tags=('Water', ),
                slug='river')
    article.edit(same, now=LATER)
    article.edit(Edit(), now=LATER)
    assert (article.version, article.updated_at, article.collect_events()) == (1, NOON, [])


def test_edit_with_equal_tags_changes_nothing() -> None:
    article = an_article()
    with pytest.raises(Invalid):
        article.edit(Edit(tags=('a', 'A'), title='Other'), now=LATER)
    assert (article.title, article.tags, article.version) == ('River', ('Water', ), 1)


def test_body_changes_together_with_its_rendering() -> None:
    article = an_article()
    text = a_text('Up the hill.')
    article.edit(Edit(text=text), now=LATER)
    assert (article.body, article.rendering) == (text.body, text.rendering)


def test_empty_text_clears_image_and_description() -> None:
    article = an_article(featured_image='https://a.example/c.png', meta_description='About it')
    article.edit(Edit(featured_image='', meta_description=''), now=LATER)
    assert (article.featured_image, article.meta_description) == ('', '')


def test_event_names_every_address_once() -> None:
    article = an_article(featured_image='https://a.example/c.png')
    event = article.collect_events()[0]
    assert isinstance(event, ArticlePublished)
    assert event.links == ('https://a.example/b.png', 'https://a.example/c.png')
    assert event.former_links == ()
    article.edit(Edit(featured_image='https://a.example/b.png'), now=LATER)
    assert article.named_addresses == ('https://a.example/b.png', )


def test_deleted_article_names_no_address() -> None:
    article = an_article()
    article.collect_events()
    article.delete()
    event, = article.collect_events()
    assert isinstance(event, ArticleDeleted)
    assert (event.links, event.former_links) == ((), article.named_addresses)


def test_event_of_a_change_names_the_former_addresses() -> None:
    article = an_article(featured_image='https://a.example/c.png')
    before = article.named_addresses
    article.collect_events()
    article.edit(Edit(featured_image=''), now=LATER)
    article.unpublish(now=LATER)
    article.publish(now=LATER)
    edited, unpublished, published = article.collect_events()
    assert isinstance(edited, ArticleEvent)
    assert edited.former_links == before != edited.links
    for event in (unpublished, published):
        assert isinstance(event, ArticleEvent)
        assert event.former_links == event.links == edited.links


def test_other_addresses_in_a_newer_rendering_are_told() -> None:
    article = an_article()
    before = article.named_addresses
    article.collect_events()
    article.render_anew(Text(body=article.body, rendering=article.rendering))
    assert not article.collect_events()
    other = replace(article.rendering, links=('https://a.example/d.png', ))
    article.render_anew(Text(body=article.body, rendering=other))
    event, = article.collect_events()
    assert isinstance(event, ArticleRendered)
    assert (event.links, event.former_links) == (('https://a.example/d.png', ), before)
    assert (event.action, event.activity) == (None, None)


def test_changed_draft_moves_up_in_lists() -> None:
    article = a_draft()
    article.edit(Edit(title='Rivers'), now=LATER)
    assert article.listed_at == LATER


def test_published_article_is_listed_by_its_publication() -> None:
    article = a_draft()
    article.publish(now=LATER)
    article.edit(Edit(title='Rivers'), now=EVEN_LATER)
    assert (article.published_at, article.listed_at) == (LATER, LATER)


def test_first_publication_survives_unpublishing() -> None:
    article = an_article()
    article.unpublish(now=LATER)
    assert (article.status, article.published_at, article.listed_at) == (Status.DRAFT, NOON, LATER)
    article.publish(now=EVEN_LATER)
    assert (article.published_at, article.listed_at, article.version) == (NOON, NOON, 3)
    events = [type(event) for event in article.collect_events()]
    assert events == [ArticlePublished, ArticleUnpublished, ArticlePublished]


def test_published_article_is_not_published_again() -> None:
    article = an_article()
    with pytest.raises(AlreadyPublished):
        article.publish(now=LATER)
    assert article.version == 1


def test_draft_is_not_unpublished() -> None:
    article = a_draft()
    with pytest.raises(AlreadyDraft):
        article.unpublish(now=LATER)
    assert article.version == 1


def test_another_version_is_refused_with_the_present_one() -> None:
    article = an_article()
    article.expect(None)
    article.expect(1)
    with pytest.raises(VersionMismatch) as caught:
        article.expect(2)
    assert caught.value.data == {'version': 1}


def test_new_rendering_is_no_edit() -> None:
    article = an_article()
    article.collect_events()
    assert article.render_anew(a_text(renderer=2))
    assert (article.rendering.renderer, article.version, article.collect_events()) == (2, 1, [])


def test_rendering_of_an_older_body_is_not_taken() -> None:
    article = an_article()
    assert not article.render_anew(replace(a_text(renderer=2), body='Something else.'))
    assert article.rendering.renderer == 1
