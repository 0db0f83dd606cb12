from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from talelio_backend.app_account.services.ports import Letter

_FOLDER = Path(__file__).parent / 'mail'
_LAST_RESORT = 'en'


class TemplateLetters:
    """Letters from the templates in ``mail/``: ``<kind>.<language>.txt``, whose first line is the
    subject, and ``<kind>.<language>.html``, in which every value is escaped."""

    def __init__(self, default_language: str) -> None:
        self._default = default_language
        self._templates = Environment(loader=FileSystemLoader(_FOLDER),
                                      autoescape=select_autoescape(['html']),
                                      undefined=StrictUndefined,
                                      keep_trailing_newline=True)

    def write(self, kind: str, *, language: str, **values: str | int) -> Letter:
        found = self._written_in(kind, language)
        values['language'] = found
        text = self._templates.get_template(f'{kind}.{found}.txt').render(values)
        html = self._templates.get_template(f'{kind}.{found}.html').render(values)
        subject, _, content = text.partition('\n')
        return Letter(language=found, subject=subject, text=content.lstrip('\n'), html=html)

    def _written_in(self, kind: str, language: str) -> str:
        for candidate in (language, self._default):
            if (_FOLDER / f'{kind}.{candidate}.txt').is_file():
                return candidate
        return _LAST_RESORT
