"""How PostgreSQL answers at 1,000,000 rows: by index, and with one statement a page."""

from collections.abc import Iterator

import pytest

from talelio_backend.settings import Settings
from talelio_backend.shared.domain.access import Level
from tests.authors import Person, Site
from tests.conftest import Servers
from tests.integration.app_activity.rows import LIST
from tests.patient_house import patient_house, vacuum
from tests.plans import planned, read_whole
from tests.statements import recorded

ROWS = 1_000_000
# One actor wrote the oldest quarter and stopped; everything else is rare or common. Ids in order
# and narrow rows, for what is not looked at takes time to write as well.
FILL = f'''
    INSERT INTO "user" (id, username, display_name, location, bio, created_at)
    SELECT gen_random_uuid(), 'reader-' || n, NULL, '', '', now()
    FROM generate_series(1, 2000) AS n;
    INSERT INTO activity (id, created_at, area, action, text, actor_id, impersonator_id,
        target_type, target_id, target_label, request_id, search)
    SELECT lpad(to_hex(n), 32, '0')::uuid, timestamptz '2020-01-01' + n * interval '6 seconds',
        CASE WHEN n % 1000 = 7 THEN 'article' ELSE 'project' END,
        CASE WHEN n % 1000 = 7 THEN 'article_updated' ELSE 'project_created' END, 'text',
        CASE WHEN n <= {ROWS // 4} THEN CAST(:ada AS uuid) WHEN n % 7 <> 0 THEN :ben END,
        CASE WHEN n % 5000 = 0 THEN CAST(:ada AS uuid) END,
        CASE WHEN n % 1000 = 7 THEN 'article' ELSE 'project' END,
        CASE WHEN n % 100 = 5 THEN 't-' || n % 9000 END, 'label',
        CASE WHEN n % 100 = 77 THEN 'r-' || n END,
        CASE WHEN n % 1000 = 7 THEN 'label rare text' ELSE 'label text' END::tsvector
    FROM generate_series(1, {ROWS}) AS n;
'''
SINGLE = ('', 'actor={ada}', 'actor={ben}', 'actor=none', 'impersonator=any', 'impersonator={ada}',
          'action=article_updated', 'action=project_created', 'area=article', 'area=project',
          'target_type=article', 'target_id=t-5', 'request_id=r-77',
          'action=article_updated&action=article_deleted')
SPANS = ('', 'since=2020-03-01T00:00:00Z', 'before=2020-01-20T00:00:00Z',
         'since=2020-01-05T00:00:00Z&before=2020-01-06T00:00:00Z')
WORDS = ('q=rare', 'q=rare ada', 'q=rare text', 'q=nothing', 'q=rare&sort=created_at_desc')


@pytest.fixture(scope='module', name='big_site')
def make_big_site(servers: Servers, settings: Settings, worker_number: int) -> Iterator[Site]:
    with patient_house(servers, settings, f'talelio_activity_{worker_number}') as house:
        site = Site(house)
        people = {name: site.person(name).id for name in ('ada', 'ben')}
        site.execute(FILL, **people)
        vacuum(house)
        yield site


@pytest.fixture(scope='module', name='root')
def make_root(big_site: Site) -> Person:
    return big_site.person('root', level=Level.ADMIN)


@pytest.fixture(scope='module', name='people')
def find_people(big_site: Site) -> dict[str, str]:
    rows = big_site.execute('SELECT username, id FROM "user" WHERE username IN (\'ada\', \'ben\')')
    return {row.username: str(row.id) for row in rows}


def scans(site: Site, person: Person, path: str) -> set[str]:
    """The tables that the one statement of ``GET path`` reads from end to end."""
    with recorded(site.house) as sent:
        answer = person.get(path)
    assert answer.status_code == 200, answer.text
    assert len(sent) == 1
    return read_whole(planned(site.house.read_engine, *sent[0]))


@pytest.mark.parametrize('span', SPANS)
@pytest.mark.parametrize('query', SINGLE)
def test_every_filter_alone_and_in_a_span(big_site: Site, root: Person, people: dict[str, str],
                                          query: str, span: str) -> None:
    path = f'{LIST}?{query.format_map(people)}&{span}'
    assert 'activity' not in scans(big_site, root, path)


@pytest.mark.parametrize('span', SPANS)
@pytest.mark.parametrize('query', WORDS)
def test_words(big_site: Site, root: Person, query: str, span: str) -> None:
    assert not scans(big_site, root, f'{LIST}?{query}&{span}')


@pytest.mark.parametrize('path', [f'{LIST}/preview', '/v1/me/activity', LIST])
def test_newest(big_site: Site, root: Person, path: str) -> None:
    assert not scans(big_site, root, path)


def test_deep_page(big_site: Site, root: Person) -> None:
    path = f'{LIST}?area=project'
    for _ in range(3):
        cursor = root.get(path).get_json()['next']
        path = f'{LIST}?area=project&cursor={cursor}'
    assert not scans(big_site, root, path)
