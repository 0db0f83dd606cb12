from talelio_backend.app_article.services.publishing import NewArticle, PublishingService
from talelio_backend.app_article.services.rendering import RenderingService
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import FakeClock
from tests.fakes_article import FakeArticleUnitOfWork, InMemorySources, WordRenderer


def two_articles() -> FakeArticleUnitOfWork:
    uow = FakeArticleUnitOfWork()
    service = PublishingService(open_uow=lambda: uow, markdown=WordRenderer(1), clock=FakeClock())
    for title in ('River', 'Stream'):
        service.create(author_id=new_id(), new=NewArticle(title=title, body=title))
    return uow


def rendering(uow: FakeArticleUnitOfWork, version: int) -> RenderingService:
    return RenderingService(open_uow=lambda: uow,
                            sources=InMemorySources(uow.stored),
                            markdown=WordRenderer(version))


def test_what_an_older_renderer_made_is_made_anew() -> None:
    uow = two_articles()
    assert rendering(uow, 2).render(all_articles=False) == 2
    assert {article.rendering.renderer for article in uow.stored.values()} == {2}
    assert rendering(uow, 2).render(all_articles=False) == 0


def test_everything_is_rendered_when_all_is_asked() -> None:
    uow = two_articles()
    assert rendering(uow, 1).render(all_articles=True) == 2


def test_rendering_is_no_new_version_and_no_event() -> None:
    uow = two_articles()
    happened = len(uow.events)
    rendering(uow, 2).render(all_articles=False)
    assert {article.version for article in uow.stored.values()} == {1}
    assert len(uow.events) == happened


def test_article_that_went_away_is_passed_over() -> None:
    uow = two_articles()
    service = RenderingService(
        open_uow=lambda: FakeArticleUnitOfWork(),  # pylint: disable=unnecessary-lambda
        sources=InMemorySources(uow.stored),
        markdown=WordRenderer(2))
    assert service.render(all_articles=False) == 0
