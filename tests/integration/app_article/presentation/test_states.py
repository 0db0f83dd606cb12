import pytest

from tests.authors import Person, Site
from tests.integration.app_article.writing import ARTICLES, draft, faults, refusal, write

RIVER = f'{ARTICLES}/river'


@pytest.mark.parametrize('action', ['publish', 'unpublish'])
def test_stranger_changes_no_state(ada: Person, stranger: Person, action: str) -> None:
    write(ada)
    assert refusal(stranger.post(f'{RIVER}/{action}')) == (401, 'credentials_required')


@pytest.mark.parametrize('action', ['publish', 'unpublish'])
def test_unknown_article_has_no_state(ada: Person, action: str) -> None:
    assert refusal(ada.post(f'{ARTICLES}/nowhere/{action}')) == (404, 'article_not_found')


def test_published_draft_is_there_for_everybody(ada: Person, stranger: Person, site: Site) -> None:
    draft(ada)
    answer = ada.post(f'{RIVER}/publish', json={})
    article = answer.get_json()['article']
    assert (answer.status_code, article['status'], article['version']) == (200, 'published', 2)
    assert article['published_at'] == article['updated_at']
    assert stranger.get(RIVER).headers['ETag'] == answer.headers['ETag']
    assert site.activity()[-1].action == 'article_published'


def test_publication_needs_no_body(ada: Person) -> None:
    draft(ada)
    assert ada.post(f'{RIVER}/publish').status_code == 200


def test_a_time_of_publication_is_not_accepted(ada: Person) -> None:
    draft(ada)
    answer = ada.post(f'{RIVER}/publish', json={'publish_at': '2030-01-01T00:00:00Z'})
    assert faults(answer) == [('/publish_at', 'unknown_key')]
    assert ada.get(RIVER).get_json()['article']['status'] == 'draft'


def test_nothing_is_published_twice(ada: Person) -> None:
    write(ada)
    assert refusal(ada.post(f'{RIVER}/publish')) == (409, 'already_published')


def test_unpublished_article_is_a_draft_and_keeps_its_publication(ada: Person, stranger: Person,
                                                                  site: Site) -> None:
    first = write(ada)['article']['published_at']
    article = ada.post(f'{RIVER}/unpublish').get_json()['article']
    assert (article['status'], article['published_at']) == ('draft', first)
    assert site.activity()[-1].action == 'article_unpublished'
    assert stranger.get(RIVER).status_code == 404
    assert refusal(ada.post(f'{RIVER}/unpublish')) == (409, 'already_draft')
    assert ada.post(f'{RIVER}/publish').get_json()['article']['published_at'] == first


@pytest.mark.parametrize(('action', 'write_it'), [('publish', draft), ('unpublish', write)])
def test_state_of_an_older_version_stays(ada: Person, action: str, write_it: object) -> None:
    (draft if write_it is draft else write)(ada)
    answer = ada.post(f'{RIVER}/{action}', if_match='"v9.abc"')
    assert refusal(answer) == (412, 'version_mismatch')
    tag = ada.get(RIVER).headers['ETag']
    assert answer.headers['ETag'] == tag
    assert ada.post(f'{RIVER}/{action}', if_match=tag).status_code == 200
