"""The pages that a person sees who opens a link on a site without a client of its own."""

from dataclasses import dataclass
from html import escape

from talelio_backend.shared.presentation.answers import Answer

LANGUAGES = ('en', 'fi')

_PAGE = '''<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title></head>
<body><main><h1>{title}</h1>
{content}
</main></body>
</html>
'''


@dataclass(frozen=True, kw_only=True)
class Words:
    title: str
    ask: str
    button: str
    done: str
    dead: str
    onwards: str


_WORDS = {
    'en':
    Words(title='Verify your e-mail address',
          ask='Press the button, and this e-mail address is verified.',
          button='Verify',
          done='Your e-mail address is verified.',
          dead='This link is unknown, used up or too old. Ask for a new one.',
          onwards='To the site'),
    'fi':
    Words(title='Vahvista sähköpostiosoitteesi',
          ask='Paina painiketta, niin sähköpostiosoitteesi vahvistetaan.',
          button='Vahvista',
          done='Sähköpostiosoitteesi on vahvistettu.',
          dead='Linkki on tuntematon, käytetty tai liian vanha. Pyydä uusi.',
          onwards='Sivustolle'),
}


def asking(language: str) -> Answer:
    """The page with the one button, the same for a live and a dead link: looking at it tells
    nothing and uses nothing up. The form has no address: it posts to the page's own."""
    words = _WORDS[language]
    return _page(
        language, f'<p>{escape(words.ask)}</p>\n'
        f'<form method="post"><button type="submit">{escape(words.button)}</button></form>')


def verified(language: str, client_url: str) -> Answer:
    words = _WORDS[language]
    return _page(
        language, f'<p>{escape(words.done)}</p>\n'
        f'<p><a href="{escape(client_url)}">{escape(words.onwards)}</a></p>')


def dead(language: str) -> Answer:
    return _page(language, f'<p>{escape(_WORDS[language].dead)}</p>', status=404)


def _page(language: str, content: str, status: int = 200) -> Answer:
    text = _PAGE.format(language=language, title=escape(_WORDS[language].title), content=content)
    return Answer(body=text.encode(),
                  status=status,
                  media_type='text/html; charset=utf-8',
                  headers={
                      'Content-Language': language,
                      'Referrer-Policy': 'no-referrer',
                      'Cache-Control': 'no-store'
                  })
