from typing import Any
from urllib.parse import quote

import pytest

from tests.authors import Person, Site
from tests.integration.app_article.writing import ARTICLES, draft, faults, refusal, titles, write

ADAS = '/v1/users/ada/articles'
SUMMARY = [
    'id', 'title', 'slug', 'url', 'status', 'meta_description', 'featured_image', 'tags',
    'word_count', 'reading_minutes', 'version', 'created_at', 'updated_at', 'published_at',
    'publish_at'
]


def test_stranger_lists_what_a_person_has_published(ada: Person, stranger: Person) -> None:
    write(ada, 'One', tags=['a'])
    draft(ada, 'Two')
    answer = stranger.get(ADAS)
    document = answer.get_json()
    assert list(document) == ['user', 'articles', 'sort', 'sort_options', 'next']
    assert document['user']['username'] == 'ada'
    assert [list(article) for article in document['articles']] == [SUMMARY]
    assert document['articles'][0]['url'] == 'http://127.0.0.1:3000/articles/one'
    assert (document['sort'], document['next']) == ('published_at_desc', None)
    assert [option['id'] for option in document['sort_options']
            ] == ['published_at', 'title', 'updated_at', 'reading_minutes']


def test_username_is_found_whatever_its_case(ada: Person, stranger: Person) -> None:
    write(ada, 'One')
    assert titles(stranger, '/v1/users/ADA/articles') == ['One']


def test_unknown_person_is_not_found(stranger: Person) -> None:
    assert refusal(stranger.get('/v1/users/nobody/articles')) == (404, 'user_not_found')


def test_person_without_articles_has_an_empty_list(ada: Person, stranger: Person) -> None:
    document = stranger.get(ADAS).get_json()
    assert (document['articles'], document['user']['username']) == ([], 'ada')
    assert ada.id


@pytest.mark.parametrize('status', ['draft', 'all'])
def test_drafts_are_listed_for_their_author_and_admins_alone(ada: Person, ben: Person,
                                                             admin: Person, stranger: Person,
                                                             status: str) -> None:
    write(ada, 'One')
    draft(ada, 'Two')
    path = f'{ADAS}?status={status}'
    expected = {'draft': ['Two'], 'all': ['Two', 'One']}[status]
    assert titles(ada, path) == titles(admin, path) == expected
    assert refusal(ben.get(path)) == (403, 'not_permitted')
    assert refusal(stranger.get(path)) == (401, 'credentials_required')
    unknown = ben.get(f'/v1/users/nobody/articles?status={status}')
    assert refusal(unknown) == (404, 'user_not_found')


def test_published_is_what_everybody_sees(ada: Person, stranger: Person) -> None:
    write(ada, 'One')
    draft(ada, 'Two')
    assert titles(stranger, f'{ADAS}?status=published') == ['One']
    assert faults(stranger.get(f'{ADAS}?status=scheduled')) == [('/status', 'not_an_option')]


def test_drafts_are_ordered_by_their_last_change(ada: Person) -> None:
    for title in ('One', 'Two', 'Three'):
        draft(ada, title)
    ada.patch(f'{ARTICLES}/one', json={'tags': ['a']}, if_match='*')
    assert titles(ada, f'{ADAS}?status=draft') == ['One', 'Three', 'Two']


def test_every_sort_option_orders_both_ways(ada: Person) -> None:
    write(ada, 'Bee', body='word ' * 500)
    write(ada, 'Ant', body='word ' * 10)
    write(ada, 'Cow', body='word ' * 250)
    ada.patch(f'{ARTICLES}/ant', json={'tags': ['a']}, if_match='*')
    ascending = {
        'published_at': ['Bee', 'Ant', 'Cow'],
        'title': ['Ant', 'Bee', 'Cow'],
        'updated_at': ['Bee', 'Cow', 'Ant'],
        'reading_minutes': ['Ant', 'Cow', 'Bee'],
    }
    for path in (ADAS, ARTICLES):
        for option, expected in ascending.items():
            assert titles(ada, f'{path}?sort={option}_asc') == expected
            assert titles(ada, f'{path}?sort={option}_desc') == expected[::-1]


@pytest.mark.parametrize('path', [ADAS, ARTICLES, '/v1/tags'])
def test_unknown_sort_option_is_refused(ada: Person, path: str) -> None:
    assert ada.id
    assert faults(ada.get(f'{path}?sort=body_asc')) == [('/sort', 'bad_request')]


@pytest.mark.parametrize('path', [ADAS, ARTICLES])
def test_pages_follow_each_other_by_cursor(ada: Person, stranger: Person, path: str) -> None:
    for number in range(5):
        write(ada, f'No. {number}')
    seen: list[str] = []
    following = f'{path}?limit=2&sort=title_asc'
    for _ in range(3):
        answer = stranger.get(following)
        seen += [article['title'] for article in answer.get_json()['articles']]
        cursor = answer.get_json()['next']
        if cursor is not None:
            following = f'{path}?limit=2&sort=title_asc&cursor={cursor}'
            link = f'<http://127.0.0.1:5000{path}?limit=2&sort=title_asc&cursor={cursor}>'
            assert answer.headers['Link'] == f'{link}; rel="next"'
    assert seen == [f'No. {number}' for number in range(5)]
    assert cursor is None
    assert 'Link' not in answer.headers


def test_cursor_of_another_order_is_refused(ada: Person, stranger: Person) -> None:
    write(ada, 'One')
    write(ada, 'Two')
    cursor = stranger.get(f'{ADAS}?limit=1').get_json()['next']
    for path in (f'{ADAS}?sort=title_asc&cursor={cursor}', f'{ARTICLES}?cursor={cursor}',
                 f'{ADAS}?cursor=forged'):
        assert faults(stranger.get(path)) == [('/cursor', 'bad_request')]


def test_numbered_pages_are_counted(ada: Person, stranger: Person) -> None:
    for number in range(3):
        write(ada, f'No. {number}')
    answer = stranger.get(f'{ADAS}?page=2&limit=2')
    assert [article['title'] for article in answer.get_json()['articles']] == ['No. 0']
    assert answer.headers['X-Total-Count'] == '3'
    assert 'rel="first"' in answer.headers['Link'] and 'rel="prev"' in answer.headers['Link']
    past = stranger.get(f'{ADAS}?page=9&limit=2')
    assert (past.status_code, past.get_json()['articles']) == (200, [])


def test_tags_filter_by_slug_and_all_must_be_there(ada: Person, stranger: Person) -> None:
    write(ada, 'One', tags=['Río', 'Stone'])
    write(ada, 'Two', tags=['rio'])
    write(ada, 'Three', tags=['stones'])
    for path in (ADAS, ARTICLES):
        assert titles(stranger, f'{path}?tag=RIO') == ['Two', 'One']
        assert titles(stranger, f'{path}?tag={quote("río")}&tag=stone') == ['One']
        assert titles(stranger, f'{path}?tag=nothing') == []


def test_filter_of_too_many_or_empty_tags_is_refused(stranger: Person) -> None:
    many = '&'.join(f'tag={number}' for number in range(11))
    assert faults(stranger.get(f'{ARTICLES}?{many}')) == [('/tag', 'too_many')]
    assert faults(stranger.get(f'{ADAS}?tag=')) == [('/tag/0', 'too_short')]


def test_time_filters_are_inclusive_and_exclusive(ada: Person, stranger: Person) -> None:
    times = {title: write(ada, title)['article']['published_at'] for title in ('One', 'Two')}
    for path in (ADAS, ARTICLES):
        assert titles(stranger, f'{path}?since={times["Two"]}') == ['Two']
        assert titles(stranger, f'{path}?before={times["Two"]}') == ['One']
    assert faults(stranger.get(f'{ADAS}?since=yesterday'))[0][0] == '/since'


def test_drafts_without_publication_are_in_no_span_of_time(ada: Person) -> None:
    draft(ada, 'One')
    write(ada, 'Two')
    assert titles(ada, f'{ADAS}?status=all&since=2000-01-01T00:00:00Z') == ['Two']


def test_all_authors_are_listed_with_their_users(ada: Person, ben: Person,
                                                 stranger: Person) -> None:
    write(ada, 'One')
    draft(ben, 'Two')
    write(ben, 'Three')
    answer = stranger.get(ARTICLES).get_json()
    assert [list(article) for article in answer['articles']] == [[*SUMMARY, 'user']] * 2
    assert [article['user']['username'] for article in answer['articles']] == ['ben', 'ada']
    assert titles(stranger, f'{ARTICLES}?author=ADA') == ['One']
    assert titles(stranger, f'{ARTICLES}?author=nobody') == []
    assert titles(ben, f'{ARTICLES}?status=draft') == ['Three', 'One']


@pytest.mark.parametrize('path', [ADAS, ARTICLES, '/v1/tags'])
def test_known_list_is_not_sent_again(site: Site, ada: Person, stranger: Person,
                                      path: str) -> None:
    write(ada, 'One', tags=['a'])
    tag = stranger.get(path).headers['ETag']
    answer = stranger.get(path, if_none_match=tag)
    assert (answer.status_code, answer.data, answer.headers['ETag']) == (304, b'', tag)
    write(ada, 'Two', tags=['a'])
    after = stranger.get(path, if_none_match=tag)
    assert after.status_code == 200
    site.execute('UPDATE "user" SET display_name = \'Countess\'')
    changed = stranger.get(path, if_none_match=after.headers['ETag'])
    assert changed.status_code == (304 if path == '/v1/tags' else 200)
    assert stranger.get(f'{path}?limit=1').headers['ETag'] != after.headers['ETag']


@pytest.mark.parametrize('path', [ADAS, ARTICLES, '/v1/tags', '/v1/tags?author=ada'])
def test_sort_options_alone_ask_the_database_nothing(site: Site, stranger: Person,
                                                     path: str) -> None:
    site.house.read_engine.dispose()
    site.execute('ALTER TABLE article RENAME TO article_away')
    try:
        joint = '&' if '?' in path else '?'
        document: Any = stranger.get(f'{path}{joint}sort_options=only').get_json()
    finally:
        site.execute('ALTER TABLE article_away RENAME TO article')
    assert list(document) == ['sort_options', 'sort']
