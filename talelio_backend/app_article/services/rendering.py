from talelio_backend.app_article.domain.article import Rendering, Text
from talelio_backend.shared.domain.text import excerpt, normalize_newlines
from talelio_backend.shared.services.markdown import MarkdownRenderer


def render(markdown: MarkdownRenderer, source: str) -> Text:
    """A body with unified line ends and what it becomes. Costly: call it before a transaction."""
    body = normalize_newlines(source)
    rendered = markdown.render(body)
    return Text(body=body,
                rendering=Rendering(html=rendered.html,
                                    table_of_contents=rendered.table_of_contents,
                                    excerpt=excerpt(rendered.text),
                                    word_count=rendered.word_count,
                                    reading_minutes=rendered.reading_minutes,
                                    links=rendered.links,
                                    renderer=rendered.version))
