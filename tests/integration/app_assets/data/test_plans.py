"""No statement over images reads the whole table, at 100,000 rows."""

from collections.abc import Iterator
from typing import Any

import pytest

from talelio_backend.settings import Settings
from tests.conftest import Servers
from tests.integration.app_assets.site import IMAGES, Person, Site, path_of, picture
from tests.patient_house import patient_house, vacuum
from tests.plans import planned, read_whole
from tests.statements import recorded

ROWS = '''
    INSERT INTO "user" (id, username, location, bio, created_at)
    SELECT md5('u' || n)::uuid, 'user' || n, '', '', now() FROM generate_series(1, 200) AS n;
    INSERT INTO image (id, owner_id, sha256, file_name, content_type, extension, width, height,
                       size, created_at, alt, version, variants_status, variants)
    SELECT md5('i' || n)::uuid,
           CASE WHEN n % 60 = 0 THEN :owner ELSE md5('u' || (n % 200 + 1))::uuid END,
           sha256(n::text::bytea), 'heron-' || n % 977 || '.png', 'image/png', 'png', 800, 600,
           n % 1013, now() - make_interval(secs => n), '', 1, 'ready', '[]'
    FROM generate_series(1, 100000) AS n;
    INSERT INTO image_reference (kind, referrer_id, image_id, owner_id, title)
    SELECT 'article', md5('a' || n)::uuid, md5('i' || n)::uuid, :owner, 'Herons'
    FROM generate_series(1, 100000, 3) AS n;
'''


@pytest.fixture(scope='module', name='site')
def make_site(servers: Servers, settings: Settings, worker_number: int) -> Iterator[Site]:
    with patient_house(servers, settings, f'talelio_images_{worker_number}') as house:
        site = Site(house)
        yield site
        site.clear()


@pytest.fixture(scope='module', name='crowd')
def fill(site: Site) -> Person:
    ada = site.person('ada')
    site.execute(ROWS, owner=ada.id)
    vacuum(site.house)
    return ada


def assert_indexed(site: Site, seen: list[tuple[str, Any]]) -> None:
    about_images = [
        (statement, values) for statement, values in seen
        if ' image' in statement and statement.lstrip().startswith(('SELECT', 'DELETE'))
    ]
    assert about_images
    for statement, values in about_images:
        whole = read_whole(planned(site.house.kernel.engine, statement, values))
        assert whole.isdisjoint({'image', 'image_reference'}), statement


def test_reads_and_writes_find_images_by_index(site: Site, crowd: Person) -> None:
    queries = [
        f'sort={sort}_{direction}{filters}' for sort in ('created_at', 'bytes', 'file_name')
        for direction in ('asc', 'desc')
        for filters in ('', '&unreferenced=true', '&since=2020-01-01T00:00:00Z')
    ]
    with recorded(site.house) as seen:
        for query in queries:
            answer = crowd.get(f'{IMAGES}?limit=20&{query}')
            following = answer.get_json()['next']
            assert crowd.get(f'{IMAGES}?limit=20&{query}&cursor={following}').status_code == 200
    assert_indexed(site, seen)

    with recorded(site.house) as seen:
        image, = crowd.stored(picture())
        assert site.client.get(path_of(image['url'])).status_code == 200
        assert crowd.get(f"{IMAGES}/{image['id']}").status_code == 200
        assert crowd.patch(f"{IMAGES}/{image['id']}", json={'alt': 'x'}).status_code == 200
        site.work()
        assert crowd.delete(f"{IMAGES}/{image['id']}").status_code == 204
    assert_indexed(site, seen)


def test_a_page_reads_no_more_rows_than_it_shows(site: Site, crowd: Person) -> None:
    with recorded(site.house) as seen:
        assert len(crowd.get(f'{IMAGES}?limit=20').get_json()['images']) == 20
    (statement, values), = [each for each in seen if 'FROM image' in each[0]]
    plan = planned(site.house.kernel.engine, statement, values)
    assert 'ix_image_owner_id_created_at_id' in {node.get('Index Name') for node in plan}
