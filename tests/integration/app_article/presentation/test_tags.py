from tests.authors import Person
from tests.integration.app_article.writing import draft, write


def test_tags_of_published_articles_are_counted(ada: Person, ben: Person,
                                                stranger: Person) -> None:
    write(ada, 'One', tags=['Río', 'Stone'])
    write(ben, 'Two', tags=['rio'])
    draft(ben, 'Three', tags=['rio', 'draft'])
    document = stranger.get('/v1/tags').get_json()
    assert list(document) == ['tags', 'sort', 'sort_options', 'next']
    assert document['sort'] == 'articles_count_desc'
    assert [(tag['slug'], tag['articles_count']) for tag in document['tags']] == [('rio', 2),
                                                                                  ('stone', 1)]
    assert document['tags'][1]['tag'] == 'Stone'
    by_name = stranger.get('/v1/tags?sort=tag_desc&limit=1').get_json()
    rest = stranger.get(f'/v1/tags?sort=tag_desc&limit=1&cursor={by_name["next"]}').get_json()
    assert {by_name['tags'][0]['slug'], rest['tags'][0]['slug']} == {'rio', 'stone'}
    assert rest['next'] is None


def test_tags_of_one_author_are_counted_alone(ada: Person, ben: Person, stranger: Person) -> None:
    write(ada, 'One', tags=['a'])
    write(ben, 'Two', tags=['a', 'b'])
    found = stranger.get('/v1/tags?author=Ada').get_json()['tags']
    assert found == [{'tag': 'a', 'slug': 'a', 'articles_count': 1}]
    assert stranger.get('/v1/tags?author=nobody').get_json()['tags'] == []
