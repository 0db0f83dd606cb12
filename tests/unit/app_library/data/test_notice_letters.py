from pathlib import Path

import pytest

from talelio_backend.app_library import data
from talelio_backend.app_library.services.notices import DUE_SOON, HOLD_NOTICES, OVERDUE
from talelio_backend.shared.data.letters import TemplateLetters

FOLDER = Path(str(data.__file__)).parent / 'mail'
KINDS = (DUE_SOON, OVERDUE, *HOLD_NOTICES.values())
VALUES = {
    'title': 'Emma <& Co.>',
    'date': '2030-05-01',
    'username': 'ada',
    'link': 'https://site.example/library/books/7',
    'site': 'https://site.example',
}


def test_there_is_a_letter_of_every_kind_and_no_other() -> None:
    assert {path.name.split('.')[0] for path in FOLDER.iterdir()} == set(KINDS)


@pytest.mark.parametrize('language', ['en', 'fi'])
@pytest.mark.parametrize('kind', KINDS)
def test_letter_names_title_and_date(kind: str, language: str) -> None:
    letter = TemplateLetters(FOLDER, default_language='en').write(kind,
                                                                  language=language,
                                                                  **VALUES)
    assert letter.language == language
    for part in (letter.subject, letter.text):
        assert VALUES['title'] in part and VALUES['date'] in part
    assert VALUES['link'] in letter.text.splitlines()
    assert 'ada' in letter.text and '{' not in letter.text
    assert 'Emma &lt;&amp; Co.&gt;' in letter.html and '<& Co.>' not in letter.html
