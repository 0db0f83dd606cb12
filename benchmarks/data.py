"""Fills a database: the first of each thing through the API, the many as copies of it."""

import json

from benchmarks.stack import USERNAME, Stack

PARAGRAPH = ('The river runs *slowly* here, and the path beside it is older than the town. '
             'In spring the **herons** come back, and the children count them from the bridge. ')
SMALL = '# Along the river\n\n' + (PARAGRAPH + '\n\n') * 6
LARGE = '# Along the river\n\n' + '\n\n'.join(
    f'## Part {part}\n\n{PARAGRAPH}\n\n- one\n- two\n- [three](https://example.org/{part})'
    for part in range(12))

_COPIES = '''
    WITH model AS (SELECT * FROM article WHERE id = %(model)s),
    made AS (
        SELECT number, gen_random_uuid() AS id,
               model.created_at - number * interval '1 minute' AS moment
        FROM model, generate_series(1, %(rows)s) AS number
    ),
    articles AS (
        INSERT INTO article ({columns})
        SELECT {values} FROM made, model
        RETURNING id
    )
    INSERT INTO article_slug (slug, article_id)
    SELECT 'copy-' || number, id FROM made
'''
_MADE = {
    'id': 'made.id',
    'slug': "'copy-' || made.number",
    'title': "model.title || ' ' || made.number",
    'created_at': 'made.moment',
    'updated_at': 'made.moment',
    'published_at': 'made.moment',
    'listed_at': 'made.moment',
}


def fill(stack: Stack, rows: int) -> str:
    """``rows`` published articles of one author. Returns the slug of the first."""
    token, _cookie = stack.sign_in()
    _headers, body = stack.call('POST', '/v1/articles', {
        'title': 'The river walk',
        'body': SMALL,
        'tags': ['walks', 'rivers']
    }, {'Authorization': f'Bearer {token}'})
    article = json.loads(body)['article']
    with stack.database() as link:
        columns = [
            row[0]
            for row in link.execute('SELECT column_name FROM information_schema.columns '
                                    "WHERE table_name = 'article' AND is_generated = 'NEVER'")
        ]
        values = ', '.join(_MADE.get(name, f'model.{name}') for name in columns)
        link.execute(
            _COPIES.format(columns=', '.join(columns), values=values).encode(), {
                'model': article['id'],
                'rows': rows - 1
            })
        link.execute('VACUUM ANALYZE article, article_slug')
    slug: str = article['slug']
    return slug


def author_list(limit: int = 20) -> str:
    return f'/v1/users/{USERNAME}/articles?limit={limit}'
