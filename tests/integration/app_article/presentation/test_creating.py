import pytest

from tests.authors import Person, Site
from tests.integration.app_article.writing import ARTICLES, faults, refusal, write

MEMBERS = [
    'id', 'title', 'slug', 'url', 'status', 'body', 'html', 'table_of_contents',
    'meta_description', 'featured_image', 'tags', 'word_count', 'reading_minutes', 'version',
    'created_at', 'updated_at', 'published_at', 'publish_at'
]


def test_stranger_writes_no_article(stranger: Person) -> None:
    answer = stranger.post(ARTICLES, json={'title': 'River', 'body': 'Down.'})
    assert refusal(answer) == (401, 'credentials_required')
    assert answer.headers['WWW-Authenticate'] == 'Bearer'


def test_article_is_published_at_once(ada: Person, site: Site) -> None:
    answer = ada.post(ARTICLES, json={'title': 'The River', 'body': '# Up\n\nDown *it* goes.'})
    assert answer.status_code == 201
    document = answer.get_json()
    article = document['article']
    assert list(article) == MEMBERS
    assert answer.headers['Location'] == '/v1/articles/the-river'
    assert article['url'] == 'http://127.0.0.1:3000/articles/the-river'
    assert (article['status'], article['version'], article['tags']) == ('published', 1, [])
    assert '<em>it</em>' in article['html']
    assert 'href="#up"' in article['table_of_contents']
    assert article['created_at'] == article['updated_at'] == article['published_at']
    assert article['created_at'].endswith('Z') and article['publish_at'] is None
    assert document['meta'] == {'adjacent_articles': {'next': None, 'prev': None}}
    assert document['user'] == {
        'id': str(ada.id),
        'username': 'ada',
        'display_name': 'Ada',
        'location': 'Oulu',
        'avatar_url': None
    }
    assert [(row.action, row.text, row.actor_id)
            for row in site.activity()] == [('article_published', 'Published “The River”', ada.id)]


def test_created_article_is_read_with_the_same_tag(ada: Person, stranger: Person) -> None:
    created = ada.post(ARTICLES, json={'title': 'River', 'body': 'Down.'})
    read = stranger.get(created.headers['Location'])
    assert read.get_json() == created.get_json()
    assert read.headers['ETag'] == created.headers['ETag']


def test_draft_is_told_as_one(ada: Person, site: Site) -> None:
    article = write(ada, status='draft')['article']
    assert (article['status'], article['published_at']) == ('draft', None)
    assert site.activity()[-1].action == 'article_drafted'


def test_what_a_web_client_sends_is_enough(ada: Person) -> None:
    answer = ada.post(ARTICLES,
                      json={
                          'title': 'River',
                          'meta_description': '',
                          'featured_image': '',
                          'body': 'Down it goes.'
                      })
    assert answer.status_code == 201
    article = answer.get_json()['article']
    assert (article['featured_image'], article['meta_description']) == ('', 'Down it goes.')


def test_nothing_is_answered_where_null_was_sent(ada: Person) -> None:
    article = write(ada, featured_image=None, meta_description=None)['article']
    assert article['featured_image'] == ''


def test_own_description_stands_before_the_excerpt(ada: Person) -> None:
    assert write(ada, meta_description=' About it ')['article']['meta_description'] == 'About it'


def test_title_is_trimmed_text_and_never_markup(ada: Person) -> None:
    article = write(ada, ' <b>River</b> & "sea" ')['article']
    assert article['title'] == '<b>River</b> & "sea"'


def test_tags_are_kept_as_typed(ada: Person) -> None:
    assert write(ada, tags=['Río', 'C++', 'zebra'])['article']['tags'] == ['Río', 'C++', 'zebra']


def test_slug_of_any_script_is_an_address(ada: Person, stranger: Person) -> None:
    answer = ada.post(ARTICLES, json={'title': '川 और नदी', 'body': 'x'})
    assert answer.get_json()['article']['slug'] == '川-और-नदी'
    assert answer.headers['Location'].isascii()
    assert stranger.get(answer.headers['Location']).status_code == 200


def test_wanted_slug_that_is_taken_is_refused(ada: Person, ben: Person) -> None:
    write(ada, slug='my-river')
    answer = ben.post(ARTICLES, json={'title': 'x', 'body': 'y', 'slug': 'my-river'})
    assert refusal(answer) == (409, 'slug_taken')


def test_article_of_a_longer_title_does_not_disturb(ada: Person) -> None:
    write(ada, 'The river walk')
    assert write(ada, 'The river')['article']['slug'] == 'the-river'


@pytest.mark.parametrize(('sent', 'expected'), [
    ({}, [('/title', 'required'), ('/body', 'required')]),
    ({
        'title': '  ',
        'body': ''
    }, [('/title', 'too_short'), ('/body', 'too_short')]),
    ({
        'title': 'x' * 201,
        'body': 'x' * 500_001
    }, [('/title', 'too_long'), ('/body', 'too_long')]),
    ({
        'title': 'a\nb',
        'body': 'a\x07'
    }, [('/title', 'control_character'), ('/body', 'control_character')]),
    ({
        'title': None,
        'body': 5
    }, [('/title', 'wrong_type'), ('/body', 'wrong_type')]),
])
def test_faulty_title_and_body_are_named(ada: Person, sent: dict[str, object],
                                         expected: list[tuple[str, str]]) -> None:
    assert faults(ada.post(ARTICLES, json=sent)) == expected


@pytest.mark.parametrize(('name', 'value', 'pointer', 'code'), [
    ('meta_description', 'x' * 501, '/meta_description', 'too_long'),
    ('featured_image', 'boat.png', '/featured_image', 'wrong_form'),
    ('featured_image', 'javascript:alert(1)', '/featured_image', 'wrong_form'),
    ('featured_image', 'https://a.example/' + 'x' * 2048, '/featured_image', 'too_long'),
    ('tags', ['x'] * 11, '/tags', 'too_many'),
    ('tags', ['x' * 41], '/tags/0', 'too_long'),
    ('tags', ['a', ''], '/tags/1', 'too_short'),
    ('tags', ['Río', 'b', 'rio'], '/tags', 'duplicate'),
    ('tags', 'a', '/tags', 'wrong_type'),
    ('slug', 'No Slug', '/slug', 'wrong_form'),
    ('slug', 'x' * 81, '/slug', 'too_long'),
    ('status', 'scheduled', '/status', 'not_an_option'),
    ('publish_at', '2030-01-01T00:00:00Z', '/publish_at', 'unknown_key'),
    ('note', 'why', '/note', 'unknown_key'),
])
def test_faulty_value_is_named(ada: Person, name: str, value: object, pointer: str,
                               code: str) -> None:
    answer = ada.post(ARTICLES, json={'title': 'x', 'body': 'y', name: value})
    assert answer.status_code == 422
    assert faults(answer) == [(pointer, code)]


def test_one_key_makes_one_article(ada: Person) -> None:
    sent = {'title': 'River', 'body': 'Down.'}
    first = ada.post(ARTICLES, json=sent, headers={'Idempotency-Key': 'k1'})
    again = ada.post(ARTICLES, json=sent, headers={'Idempotency-Key': 'k1'})
    assert again.headers['Idempotency-Replayed'] == 'true'
    assert again.data == first.data
    assert ada.get('/v1/users/ada/articles?page=1').headers['X-Total-Count'] == '1'
