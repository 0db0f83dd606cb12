"""How PostgreSQL answers at 100,000 articles: by index, and with one statement an answer."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from talelio_backend.settings import Settings
from tests.authors import Person, Site
from tests.conftest import Servers
from tests.integration.app_article.writing import ARTICLES
from tests.patient_house import patient_house, vacuum
from tests.plans import Node, explained, read_whole
from tests.statements import recorded

ROWS = 100_000
SORTS = ('published_at', 'title', 'updated_at', 'reading_minutes')
WATCHED = re.compile(r'^(article|user)')
# One author wrote the oldest quarter and stopped: it would be slow to look for those articles
# among the newest of all. Every eleventh is a draft; a tag stands on half of all, one on a
# thousandth, one on a single article.
FILL = f'''
    INSERT INTO "user" (id, username, display_name, location, bio, created_at)
    SELECT gen_random_uuid(), 'reader-' || n, NULL, '', '', now() FROM generate_series(1, 2000) AS n;
    INSERT INTO article (id, owner_id, slug, status, title, body, html, table_of_contents, excerpt,
        word_count, reading_minutes, links, renderer, meta_description, featured_image, tags,
        version, created_at, updated_at, published_at, listed_at)
    SELECT gen_random_uuid(), CASE WHEN n <= {ROWS // 4} THEN :ada ELSE :ben END, 'article-' || n,
        CASE WHEN n % 11 = 0 THEN 'draft' ELSE 'published' END, 'Title ' || md5(n::text),
        repeat('body ', 200), repeat('<p>html</p>', 100), '', 'excerpt', 200, n % 30 + 1, '{{}}',
        1, '', '', CASE WHEN n = 7 THEN '{{common,rare,single}}'::text[] ELSE '{{common}}' END, 1,
        at, at + interval '1 hour', at, at
    FROM generate_series(1, {ROWS}) AS n,
        LATERAL (SELECT timestamptz '2020-01-01' + n * interval '1 minute' AS at) AS moment;
    INSERT INTO article_slug (slug, article_id) SELECT slug, id FROM article;
    INSERT INTO article_tag (article_id, slug, tag, position, owner_id, published)
    SELECT id, tag, tag, 0, owner_id, status = 'published'
    FROM article,
        LATERAL (VALUES ('common', 2), ('rare', 1000), ('single', {ROWS})) AS t(tag, every)
    WHERE substr(article.slug, 9)::int % every = 7 % every;
'''


@pytest.fixture(scope='module', name='big_site')
def make_big_site(servers: Servers, settings: Settings, worker_number: int) -> Iterator[Site]:
    with patient_house(servers, settings, f'talelio_plans_{worker_number}') as house:
        site = Site(house)
        site.execute(FILL, ada=site.person('ada').id, ben=site.person('ben').id)
        vacuum(house)
        yield site


@pytest.fixture(name='reader')
def make_reader(big_site: Site) -> Person:
    return big_site.stranger


def plans(site: Site, person: Person, path: str, **more: Any) -> list[Node]:
    """The plans of the one statement that ``GET path`` sends, flat."""
    person.get(path, **more)  # what is planned once per connection is planned now
    with recorded(site.house) as sent:
        answer = person.get(path, **more)
    assert answer.status_code in (200, 304), answer.text
    assert len(sent) == 1
    return explained(site.house.read_engine, *sent[0])


def assert_by_index(nodes: list[Node]) -> None:
    assert not [table for table in read_whole(nodes) if WATCHED.match(table)]
    # Whatever was read and thrown away, or sorted, is of the size of a page or of a rare tag.
    for node in nodes:
        assert node.get('Rows Removed by Filter', 0) < ROWS / 1000
        if node['Node Type'] in ('Sort', 'Incremental Sort'):
            assert node['Actual Rows'] < ROWS / 100


# The last article of somebody who stopped, and one in the middle.
@pytest.mark.parametrize(('number', 'following'), [(ROWS // 4, None),
                                                   (ROWS // 2, f'article-{ROWS // 2 + 1}')])
@pytest.mark.parametrize('sent', [None, 'known'])
def test_document_with_neighbours(big_site: Site, reader: Person, sent: str | None, number: int,
                                  following: str | None) -> None:
    path = f'{ARTICLES}/article-{number}'
    first = reader.get(path)
    tag = first.headers['ETag'] if sent else None
    nodes = plans(big_site, reader, path, if_none_match=tag)
    assert_by_index(nodes)
    # Nothing but probes: every step of it touches one row.
    scans = [node for node in nodes if 'Scan' in node['Node Type'] and node.get('Relation Name')]
    assert scans and all('Index' in node['Node Type'] for node in scans)
    assert all(node['Actual Rows'] <= 1 for node in scans)
    found = first.get_json()['meta']['adjacent_articles']['next']
    assert (found and found['slug']) == following


@pytest.mark.parametrize('direction', ['asc', 'desc'])
@pytest.mark.parametrize('option', SORTS)
@pytest.mark.parametrize('path', [ARTICLES, '/v1/users/ada/articles'])
def test_public_list_by_every_sort(big_site: Site, reader: Person, path: str, option: str,
                                   direction: str) -> None:
    sort = f'{path}?sort={option}_{direction}'
    assert_by_index(plans(big_site, reader, sort))
    cursor = reader.get(sort).get_json()['next']
    assert_by_index(plans(big_site, reader, f'{sort}&cursor={cursor}'))


@pytest.mark.parametrize('status', ['draft', 'all'])
def test_own_list(big_site: Site, status: str) -> None:
    own = big_site.person(f'owner-{status}')
    big_site.execute(
        'UPDATE article SET owner_id = :id WHERE owner_id = '
        '(SELECT id FROM "user" WHERE username = \'ben\') AND reading_minutes = 3',
        id=own.id)
    for option in SORTS:
        path = f'/v1/users/{own.name}/articles?status={status}&sort={option}_desc'
        with recorded(big_site.house) as sent:
            assert own.get(path).status_code == 200
        assert len(sent) == 2  # whose list it is comes first
        nodes = explained(big_site.house.read_engine, *sent[1])
        assert not [table for table in read_whole(nodes) if WATCHED.match(table)]


@pytest.mark.parametrize(
    'tags', ['tag=common', 'tag=rare', 'tag=single', 'tag=nothing', 'tag=common&tag=rare'])
@pytest.mark.parametrize('path', [ARTICLES, '/v1/users/ada/articles'])
def test_tag_filter(big_site: Site, reader: Person, path: str, tags: str) -> None:
    assert_by_index(plans(big_site, reader, f'{path}?{tags}'))


@pytest.mark.parametrize('span', [
    'since=2020-03-01T00:00:00Z', 'before=2020-01-02T00:00:00Z',
    'since=2020-01-05T00:00:00Z&before=2020-01-06T00:00:00Z'
])
@pytest.mark.parametrize('path', [ARTICLES, '/v1/users/ada/articles'])
def test_span_of_time(big_site: Site, reader: Person, path: str, span: str) -> None:
    assert_by_index(plans(big_site, reader, f'{path}?{span}'))


def test_author_of_the_public_list(big_site: Site, reader: Person) -> None:
    assert_by_index(plans(big_site, reader, f'{ARTICLES}?author=ada'))


@pytest.mark.parametrize('path', ['/v1/tags', '/v1/tags?author=ada'])
def test_tags_are_counted_in_their_index(big_site: Site, reader: Person, path: str) -> None:
    nodes = plans(big_site, reader, path)
    assert_by_index(nodes)
    assert 'article' not in {node.get('Relation Name') for node in nodes}


@pytest.mark.parametrize('path', [ARTICLES, '/v1/users/ada/articles'])
def test_known_list_is_one_statement(big_site: Site, reader: Person, path: str) -> None:
    tag = reader.get(path).headers['ETag']
    nodes = plans(big_site, reader, path, if_none_match=tag)
    assert_by_index(nodes)


@pytest.mark.parametrize('limit', [1, 20, 100])
def test_number_of_statements_does_not_depend_on_the_page(big_site: Site, reader: Person,
                                                          limit: int) -> None:
    reader.get(f'{ARTICLES}?limit={limit}')  # a connection prepares its statement once
    with recorded(big_site.house) as sent:
        assert len(reader.get(f'{ARTICLES}?limit={limit}').get_json()['articles']) == limit
    assert len(sent) == 1
