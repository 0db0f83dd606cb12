"""Fills a database: the first thousand articles through the API, the many as copies of them.

What comes through the API is made by the product's own models: text rendered, slug claimed, tags,
activity and jobs in the same transaction. The rest is one statement that copies these rows within
the product's own tables, every column of them, each copy with its own id (UUIDv7, as the domain
gives them), slug, title and, a minute further back for each, moments; its activity too.
"""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.stack import USERNAME, Stack

THROUGH_API = 1000
_AT_ONCE = 2
_PARAGRAPH = ('The river runs *slowly* here, and the path beside it is older than the town. '
              'In spring the **herons** come back, and the children count them from the bridge. ')
SMALL = '# Along the river\n\n' + (_PARAGRAPH + '\n\n') * 6
LARGE = '# Along the river\n\n' + '\n\n'.join(
    f'## Part {part}\n\n{_PARAGRAPH}\n\n- one\n- two\n- [three](https://example.org/{part})'
    for part in range(12))

_TABLES = ('article', 'article_slug', 'article_tag', 'activity')
_FIRST = 'The river walk'
_MODELS = '''
    CREATE TEMPORARY TABLE made AS
    SELECT model.id AS model_id, number, uuidv7() AS id, 'copy-' || number AS slug,
           model.title || ' ' || number AS title,
           model.created_at - number * interval '1 minute' AS moment
    FROM generate_series(1, %(copies)s) AS number
    JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS models
          FROM article) AS model ON model.place = number %% model.models + 1
'''
# For each table, how a copy finds its model, and which columns are its own.
_COPIES: dict[str, tuple[str, dict[str, str]]] = {
    'article': ('model.id = made.model_id', {
        'id': 'made.id',
        'slug': 'made.slug',
        'title': 'made.title',
        'created_at': 'made.moment',
        'updated_at': 'made.moment',
        'published_at': 'made.moment',
        'listed_at': 'made.moment',
    }),
    'article_slug': ('model.article_id = made.model_id', {
        'slug': 'made.slug',
        'article_id': 'made.id',
    }),
    'article_tag': ('model.article_id = made.model_id', {
        'article_id': 'made.id',
    }),
    'activity': (
        'model.target_id = made.model_id::text',
        {
            'id': 'uuidv7()',
            'created_at': 'made.moment',
            'target_id': 'made.id::text',
            'target_label': 'made.title',
            # The worker seals the copies too.
            'seq': 'NULL',
            'prev_hash': 'NULL',
            'content_hash': 'NULL',
            'hash': 'NULL',
        }),
}


def fill(stack: Stack, rows: int) -> str:
    """``rows`` published articles of one author. Returns the slug of the first."""
    token, _cookie = stack.sign_in()

    def post(number: int) -> str:
        title = _FIRST if number == 0 else f'{_FIRST} {number}'
        _headers, body = stack.call('POST', '/v1/articles', {
            'title': title,
            'body': SMALL,
            'tags': ['walks', 'rivers', f'part {number % 50}']
        }, {'Authorization': f'Bearer {token}'})
        slug: str = json.loads(body)['article']['slug']
        return slug

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        slugs = list(pool.map(post, range(min(rows, THROUGH_API))))
    with stack.database() as link:
        if rows > THROUGH_API:
            copy(link, rows - THROUGH_API)
        for table in _TABLES:
            link.execute(sql.SQL('VACUUM ANALYZE {}').format(sql.Identifier(table)))
        link.execute('CHECKPOINT')
    stack.settle()
    return slugs[0]


def copy(link: psycopg.Connection[Any], copies: int) -> None:
    with link.transaction():
        link.execute(_MODELS, {'copies': copies})
        for table, (join, own) in _COPIES.items():
            link.execute(_statement(table, join, own, _columns(link, table)))
        link.execute('DROP TABLE made')


def _columns(link: psycopg.Connection[Any], table: str) -> list[str]:
    found = link.execute(
        'SELECT column_name FROM information_schema.columns '
        "WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'", (table, ))
    return [row[0] for row in found]


def _statement(table: str, join: str, own: dict[str, str], columns: Iterable[str]) -> sql.Composed:
    names = list(columns)
    values = [
        sql.SQL(own[name]) if name in own else sql.Identifier('model', name) for name in names
    ]
    return sql.SQL('INSERT INTO {} ({}) SELECT {} FROM made JOIN {} AS model ON {}').format(
        sql.Identifier(table),
        sql.SQL(', ').join(map(sql.Identifier, names)),
        sql.SQL(', ').join(values), sql.Identifier(table), sql.SQL(join))


def list_path(limit: int = 20) -> str:
    return f'/v1/users/{USERNAME}/articles?limit={limit}'
