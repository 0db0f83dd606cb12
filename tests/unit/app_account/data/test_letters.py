from pathlib import Path

import pytest

from talelio_backend.app_account import data
from talelio_backend.shared.data.letters import TemplateLetters

VALUES = {
    'username': 'ann',
    'site': 'https://site.example',
    'link': 'https://site.example/verify/to-ken',
}
_FOLDER = Path(str(data.__file__)).parent / 'mail'
KINDS = sorted({path.name.split('.')[0] for path in _FOLDER.glob('*.txt')})


def test_the_kinds_are_those_that_services_name() -> None:
    assert KINDS == ['account_exists', 'email_changed', 'session_theft', 'verify_email']


@pytest.mark.parametrize('kind', KINDS)
@pytest.mark.parametrize('language', ['en', 'fi'])
def test_every_kind_is_written_in_every_language(kind: str, language: str) -> None:
    letter = TemplateLetters(_FOLDER, default_language='en').write(kind,
                                                                   language=language,
                                                                   **VALUES)
    assert letter.language == language
    assert letter.subject and '\n' not in letter.subject
    assert 'ann' in letter.text and 'ann' in letter.html
    assert VALUES['site'] in letter.text.splitlines()
    assert f'<html lang="{language}">' in letter.html


@pytest.mark.parametrize('kind', KINDS)
def test_languages_say_different_things(kind: str) -> None:
    english, finnish = (TemplateLetters(_FOLDER, default_language='en').write(kind,
                                                                              language=language,
                                                                              **VALUES)
                        for language in ('en', 'fi'))
    assert english.subject != finnish.subject
    assert english.text != finnish.text


@pytest.mark.parametrize('language', ['en', 'fi'])
def test_link_stands_alone_on_its_line(language: str) -> None:
    letter = TemplateLetters(_FOLDER, default_language='en').write('verify_email',
                                                                   language=language,
                                                                   **VALUES)
    assert VALUES['link'] in letter.text.splitlines()
    assert f'<a href="{VALUES["link"]}">' in letter.html


@pytest.mark.parametrize(('default', 'found'), [('fi', 'fi'), ('sv', 'en')])
def test_other_language_falls_back_to_the_default_and_then_to_english(default: str,
                                                                      found: str) -> None:
    letter = TemplateLetters(_FOLDER, default_language=default).write('verify_email',
                                                                      language='de',
                                                                      **VALUES)
    assert letter.language == found


@pytest.mark.parametrize('kind', KINDS)
def test_html_is_escaped_and_text_is_not(kind: str) -> None:
    values = VALUES | {'username': '<b>&'}
    letter = TemplateLetters(_FOLDER, default_language='en').write(kind, language='en', **values)
    assert '&lt;b&gt;&amp;' in letter.html
    assert '<b>&' in letter.text


@pytest.mark.parametrize('kind', KINDS)
def test_mail_loads_nothing_from_elsewhere(kind: str) -> None:
    html = TemplateLetters(_FOLDER, default_language='en').write(kind, language='en',
                                                                 **VALUES).html
    assert 'src=' not in html and '<script' not in html and 'url(' not in html
