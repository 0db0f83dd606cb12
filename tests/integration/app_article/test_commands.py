from click.testing import CliRunner

from talelio_backend.shared.area import Area
from talelio_backend.shared.domain.ids import new_id
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
    assert run(site, 'render') == '0 projects rendered\n24 articles rendered\n'
    after = ada.get(f'{ARTICLES}/no-4')
    article = after.get_json()['article']
    assert '<em>up</em>' in article['html']
    assert (article['version'], after.headers['ETag'] != before) == (1, True)
    assert ada.get(f'{ARTICLES}/no-3').get_json()['article']['html'] == 'kept'
    assert run(site, 'render') == '0 projects rendered\n0 articles rendered\n'


def test_everything_is_rendered_when_asked(site: Site, ada: Person) -> None:
    write(ada, body='*up*')
    site.execute("UPDATE article SET html = 'kept'")
    before = ada.get(f'{ARTICLES}/river').headers['ETag']
    assert run(site, 'render', '--all') == '0 projects rendered\n1 articles rendered\n'
    after = ada.get(f'{ARTICLES}/river', if_none_match=before)
    assert after.status_code == 200
    assert '<em>up</em>' in after.get_json()['article']['html']
    run(site, 'render', '--all')
    assert ada.get(f'{ARTICLES}/river', if_none_match=after.headers['ETag']).status_code == 304


def test_html_of_projects_is_made_anew_with_it(site: Site, ada: Person) -> None:
    where = ada.post('/v1/projects', json={'title': 'Boat', 'body': '*wood*'}).location
    site.execute("UPDATE project SET html = 'old', renderer = 0")
    before = ada.get(where)
    assert run(site, 'render') == '1 projects rendered\n0 articles rendered\n'
    after = ada.get(where, if_none_match=before.headers['ETag'])
    assert '<em>wood</em>' in after.get_json()['html']
    assert after.get_json()['version'] == before.get_json()['version']


def test_image_that_a_newer_renderer_finds_is_tracked(site: Site, ada: Person) -> None:
    image = f'http://api.example/v1/users/ada/images/{new_id()}.png'
    write(ada, body=f'![A heron]({image})')
    site.execute("UPDATE article SET links = '{}', renderer = 0")
    site.execute('DELETE FROM procrastinate_jobs')
    run(site, 'render')
    rows = site.execute('SELECT task_name FROM procrastinate_jobs')
    assert [row.task_name for row in rows] == ['assets.track_references']
    assert [row.action for row in site.activity()] == ['article_published']
