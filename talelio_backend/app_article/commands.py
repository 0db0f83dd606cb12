import click

from talelio_backend.app_article.services.rendering import RenderingService


def article_commands(rendering: RenderingService) -> click.Group:
    """The commands of this area, as one group ``articles``."""

    @click.group()
    def articles() -> None:
        """Look after the articles."""

    @articles.command()
    @click.option('--all',
                  'all_articles',
                  is_flag=True,
                  help='Render every article, not only what an older renderer made.')
    def render(all_articles: bool) -> None:
        """Make the stored HTML anew after the renderer has changed."""
        number = rendering.render(all_articles=all_articles)
        click.echo(f'{number} articles rendered')

    return articles
