from collections.abc import Sequence

import click

from talelio_backend.shared.services.stored_html import StoredHtml


def article_commands(stored_html: Sequence[StoredHtml]) -> click.Group:
    """The commands of this area, as one group ``articles``. ``stored_html`` is that of all areas:
    one renderer serves them all."""

    @click.group()
    def articles() -> None:
        """Look after the articles."""

    @articles.command()
    @click.option('--all',
                  'everything',
                  is_flag=True,
                  help='Render all of them, not only what an older renderer made: after '
                  'CLIENT_URL or PUBLIC_URL has changed.')
    def render(everything: bool) -> None:
        """Make the stored HTML of articles and projects anew after the renderer has changed."""
        for stored in stored_html:
            click.echo(f'{stored.render(everything=everything)} {stored.things} rendered')

    return articles
