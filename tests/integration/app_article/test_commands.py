from click.testing import CliRunner

from talelio_backend.shared.area import Area
from tests.authors import Person, Site
from tests.integration.app_article.writing import ARTICLES, write


def run(site: Site, *arguments: str) -> str:
    area: Area = next(area for area in site.house.areas if area.name == 'article')
    command = next(command for command in area.commands if command.name == 'articles')
    outcome = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert outcome.exit_code == 0
    return outcome.output


def test_html_of_an_older_renderer_is_made_anew(site: Site, ada: Person) -> None:
    for number in range(25):
        write(ada, f'No. {number}', body='*up*')
    site.execute("UPDATE article SET html = 'old', renderer = 0 WHERE slug <> 'no-3'")
    site.execute("UPDATE article SET html = 'kept' WHERE slug = 'no-3'")
    before = ada.get(f'{ARTICLES}/no-4').headers['ETag']
    assert run(site, 'render') == '24 articles rendered\n'
    after = ada.get(f'{ARTICLES}/no-4')
    article = after.get_json()['article']
    assert '<em>up</em>' in article['html']
    assert (article['version'], after.headers['ETag'] != before) == (1, True)
    assert ada.get(f'{ARTICLES}/no-3').get_json()['article']['html'] == 'kept'
    assert run(site, 'render') == '0 articles rendered\n'


def test_everything_is_rendered_when_asked(site: Site, ada: Person) -> None:
    write(ada, body='*up*')
    site.execute("UPDATE article SET html = 'kept'")
    assert run(site, 'render', '--all') == '1 articles rendered\n'
    assert '<em>up</em>' in ada.get(f'{ARTICLES}/river').get_json()['article']['html']
