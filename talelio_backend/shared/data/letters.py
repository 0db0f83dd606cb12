from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from talelio_backend.shared.services.letters import Letter

_LAYOUT = Path(__file__).parent / 'mail'
_LAST_RESORT = 'en'


class TemplateLetters:
    """Letters from the templates in ``folder``: ``<kind>.<language>.txt``, whose first line is
    the subject, and ``<kind>.<language>.html``, in which every value is escaped."""

    def __init__(self, folder: Path, *, default_language: str) -> None:
        self._folder = folder
        self._default = default_language
        self._templates = Environment(loader=FileSystemLoader([folder, _LAYOUT]),
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
            if (self._folder / f'{kind}.{candidate}.txt').is_file():
                return candidate
        return _LAST_RESORT
