"""Copies must look like what the API makes."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from benchmarks.rows import copy
from talelio_backend.bootstrap import House
from tests.authors import Person, Site

ARTICLES = '/v1/users/ada/articles'


@pytest.fixture
def ada(house: House) -> Person:
    return Site(house).person('ada')


@pytest.fixture
def link(house: House) -> Iterator[psycopg.Connection[Any]]:
    url = make_url(house.settings.database_url).set(drivername='postgresql')
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as made:
        yield made


def write(author: Person, title: str) -> None:
    sent = {'title': title, 'body': f'# {title}\n\nDown it goes.', 'tags': ['walks', title]}
    assert author.post('/v1/articles', json=sent).status_code == 201


def test_copy_differs_from_its_model_in_name_and_moment_alone(
        ada: Person, link: psycopg.Connection[Any]) -> None:
    write(ada, 'River')
    copy(link, 1)
    model, made = (ada.get(f'/v1/articles/{slug}').get_json()['article']
                   for slug in ('river', 'copy-1'))
    own = {'id', 'slug', 'url', 'title', 'created_at', 'updated_at', 'published_at'}
    assert {name for name in model if model[name] != made[name]} == own
    assert (made['title'], made['slug']) == ('River 1', 'copy-1')
    assert made['created_at'] < model['created_at']


def test_many_are_spread_over_their_models(ada: Person, link: psycopg.Connection[Any]) -> None:
    for title in ('River', 'Lake'):
        write(ada, title)
    copy(link, 51)
    counted = ('SELECT (SELECT count(*) FROM article), (SELECT count(*) FROM article_slug), '
               '(SELECT count(*) FROM article_tag), (SELECT count(*) FROM activity)')
    assert link.execute(counted).fetchone() == (53, 53, 106, 53)
    tags = ada.get('/v1/tags').get_json()['tags']
    assert sorted(tag['articles_count'] for tag in tags) == [26, 27, 53]


def test_pages_go_on_through_the_copies(ada: Person, link: psycopg.Connection[Any]) -> None:
    write(ada, 'River')
    copy(link, 45)
    seen: list[str] = []
    following: str | None = ''
    while following is not None:
        cursor = f'&cursor={following}' if following else ''
        page = ada.get(f'{ARTICLES}?limit=20{cursor}').get_json()
        seen += [article['slug'] for article in page['articles']]
        following = page['next']
    assert seen == ['river', *(f'copy-{number}' for number in range(1, 46))]
