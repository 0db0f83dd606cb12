from collections import Counter

from tests.authors import Person, Site
from tests.integration.app_article.writing import ARTICLES, draft, refusal, write
from tests.parallel import at_once

RIVER = f'{ARTICLES}/river'


def test_twenty_articles_of_one_title_get_twenty_slugs(ada: Person, ben: Person) -> None:
    answers = at_once(
        20, lambda number:
        (ada, ben)[number % 2].post(ARTICLES, json={
            'title': 'River',
            'body': f'No. {number}'
        }))
    assert [answer.status_code for answer in answers] == [201] * 20
    articles = [answer.get_json()['article'] for answer in answers]
    expected = {'river'} | {f'river-{number}' for number in range(2, 21)}
    assert {article['slug'] for article in articles} == expected
    for number, article in enumerate(articles):
        assert article['body'] == f'No. {number}'
        assert article['url'].endswith('/' + article['slug'])


def test_of_ten_editors_one_succeeds(ada: Person, site: Site) -> None:
    write(ada)
    tag = ada.get(RIVER).headers['ETag']
    answers = at_once(
        10, lambda number: ada.patch(RIVER, json={'title': f'No. {number}'}, if_match=tag))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 9}
    present = ada.get(RIVER)
    assert present.get_json()['article']['version'] == 2
    late = next(answer for answer in answers if answer.status_code == 412)
    assert late.headers['ETag'] == present.headers['ETag']
    assert [row.action for row in site.activity()] == ['article_published', 'article_updated']


def test_one_wanted_slug_is_given_once(ada: Person) -> None:
    answers = at_once(
        5, lambda number: ada.post(ARTICLES,
                                   json={
                                       'title': f'No. {number}',
                                       'body': 'x',
                                       'slug': 'river'
                                   }))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 4}


def test_draft_is_published_once(ada: Person, site: Site) -> None:
    draft(ada)
    answers = at_once(5, lambda _number: ada.post(f'{RIVER}/publish'))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 4}
    assert refusal(next(answer for answer in answers
                        if answer.status_code == 409)) == (409, 'already_published')
    assert [row.action for row in site.activity()] == ['article_drafted', 'article_published']


def test_two_articles_that_swap_slugs_do_not_block_each_other(ada: Person) -> None:
    for title in ('One', 'Two'):
        write(ada, title)
    answers = at_once(
        2, lambda number: ada.patch(f'{ARTICLES}/{("one", "two")[number]}',
                                    json={'slug': ('two', 'one')[number]},
                                    if_match='*'))
    assert [answer.status_code for answer in answers] == [409, 409]


def test_article_that_is_edited_and_deleted_at_once_is_gone(ada: Person) -> None:
    write(ada)
    answers = at_once(
        2, lambda number: ada.delete(RIVER)
        if number else ada.patch(RIVER, json={'slug': 'stream'}, if_match='*'))
    assert answers[1].status_code == 204
    assert answers[0].status_code in (200, 404)
    assert ada.get(RIVER).status_code == ada.get(f'{ARTICLES}/stream').status_code == 404
    assert write(ada, 'Stream')['article']['slug'] == 'stream'


def test_database_that_says_no_leaves_nothing_behind(ada: Person, site: Site) -> None:
    site.execute('ALTER TABLE article_tag RENAME TO article_tag_away')
    try:
        answer = ada.post(ARTICLES, json={'title': 'River', 'body': 'x', 'tags': ['a']})
    finally:
        site.execute('ALTER TABLE article_tag_away RENAME TO article_tag')
    assert answer.status_code == 500
    rows = site.execute('SELECT (SELECT count(*) FROM article), '
                        '(SELECT count(*) FROM article_slug), (SELECT count(*) FROM activity)')
    assert tuple(rows[0]) == (0, 0, 0)
