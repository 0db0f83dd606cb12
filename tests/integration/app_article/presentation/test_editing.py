from typing import Any

import pytest

from tests.authors import Person, Site
from tests.integration.app_article.writing import ARTICLES, draft, faults, refusal, write

RIVER = f'{ARTICLES}/river'
ANY = {'title': 'Stream'}


def edit(person: Person, if_match: str | None = '*', **changes: Any) -> Any:
    return person.patch(RIVER, json=changes, if_match=if_match)


def test_stranger_changes_nothing(ada: Person, stranger: Person) -> None:
    write(ada)
    for answer in (stranger.patch(RIVER, json=ANY), stranger.delete(RIVER)):
        assert refusal(answer) == (401, 'credentials_required')


def test_edit_answers_the_whole_document(ada: Person) -> None:
    before = write(ada)['article']
    answer = edit(ada, title='Stream', body='**Up**', tags=['a'], meta_description='m')
    assert answer.status_code == 200
    article = answer.get_json()['article']
    assert (article['title'], article['tags'], article['version']) == ('Stream', ['a'], 2)
    assert '<strong>Up</strong>' in article['html']
    assert article['updated_at'] > article['created_at'] == before['created_at']
    assert (article['slug'], article['published_at']) == ('river', before['published_at'])
    read = ada.get(RIVER)
    assert (read.get_json(), read.headers['ETag']) == (answer.get_json(), answer.headers['ETag'])


def test_edit_without_if_match_is_refused(ada: Person) -> None:
    write(ada)
    assert refusal(edit(ada, if_match=None, title='x')) == (428, 'if_match_required')


def test_whose_article_it_is_comes_before_the_version(ada: Person, ben: Person) -> None:
    write(ada)
    draft(ada, title='Delta')
    for if_match in (None, '"v9.x"'):
        assert refusal(edit(ben, if_match=if_match, title='x')) == (403, 'not_permitted')
        for slug in ('delta', 'nowhere'):
            answer = ben.patch(f'{ARTICLES}/{slug}', json=ANY, if_match=if_match)
            assert refusal(answer) == (404, 'article_not_found')
            assert 'ETag' not in answer.headers


def test_edit_of_an_older_version_is_told_the_present_tag(ada: Person) -> None:
    write(ada)
    tag = ada.get(RIVER).headers['ETag']
    edit(ada, if_match=tag, title='Stream')
    answer = edit(ada, if_match=tag, title='Brook')
    assert refusal(answer) == (412, 'version_mismatch')
    present = ada.get(RIVER)
    assert answer.headers['ETag'] == present.headers['ETag'] != tag
    assert answer.get_json()['version'] == 2
    assert present.get_json()['article']['title'] == 'Stream'


def test_present_tag_is_told_under_a_former_slug_too(ada: Person) -> None:
    write(ada)
    edit(ada, slug='stream')
    answer = edit(ada, if_match='"v1.abc"', title='Brook')
    assert refusal(answer) == (412, 'version_mismatch')
    assert answer.headers['ETag'] == ada.get(f'{ARTICLES}/stream').headers['ETag']


def test_null_and_blank_clear(ada: Person) -> None:
    write(ada, featured_image='https://a.example/b.png', meta_description='About')
    article = edit(ada, featured_image=None, meta_description='').get_json()['article']
    assert (article['featured_image'], article['meta_description']) == ('', 'Down it goes.')


def test_edit_that_changes_nothing_keeps_version_and_tells_nobody(ada: Person, site: Site) -> None:
    write(ada, tags=['a'])
    tag = ada.get(RIVER).headers['ETag']
    answer = edit(ada, title=' River ', body='Down it goes.', tags=['a'], new_slug=False)
    assert (answer.status_code, answer.headers['ETag']) == (200, tag)
    assert len(site.activity()) == 1


def test_edit_is_told_with_exactly_what_changed(ada: Person, site: Site) -> None:
    write(ada)
    edit(ada, title='Stream', body='x' * 600)
    row = site.activity()[-1]
    assert (row.action, row.text) == ('article_updated', 'Changed “Stream”')
    assert set(row.changes) == {'title', 'body'}
    assert row.changes['title'] == {'before': 'River', 'after': 'Stream'}
    assert len(row.changes['body']['after']) == 500
    assert row.changes['body']['after'].endswith('…')


@pytest.mark.parametrize(('changes', 'pointer', 'code'), [
    ({}, '', 'empty'),
    ({
        'title': None
    }, '/title', 'wrong_type'),
    ({
        'body': None
    }, '/body', 'wrong_type'),
    ({
        'tags': ['a', 'A']
    }, '/tags', 'duplicate'),
    ({
        'slug': 'a',
        'new_slug': True
    }, '', 'contradiction'),
    ({
        'status': 'draft'
    }, '/status', 'unknown_key'),
    ({
        'note': 'why'
    }, '/note', 'unknown_key'),
    ({
        'publish_at': None
    }, '/publish_at', 'unknown_key'),
])
def test_faulty_edit_is_refused(ada: Person, changes: dict[str, Any], pointer: str,
                                code: str) -> None:
    write(ada)
    answer = ada.patch(RIVER, json=changes, if_match='*')
    assert answer.status_code == 422
    assert faults(answer) == [(pointer, code)]


def test_public_article_of_another_is_not_theirs(ada: Person, ben: Person) -> None:
    write(ada)
    for answer in (edit(ben, **ANY), ben.delete(RIVER), ben.post(f'{RIVER}/publish'),
                   ben.post(f'{RIVER}/unpublish')):
        assert refusal(answer) == (403, 'not_permitted')


def test_draft_of_another_is_unknown(ada: Person, ben: Person) -> None:
    draft(ada)
    for answer in (edit(ben, **ANY), ben.delete(RIVER), ben.post(f'{RIVER}/publish'),
                   ben.post(f'{RIVER}/unpublish')):
        assert refusal(answer) == (404, 'article_not_found')


def test_admin_edits_and_deletes_what_is_not_theirs(ada: Person, admin: Person) -> None:
    draft(ada)
    assert edit(admin, **ANY).get_json()['user']['username'] == 'ada'
    assert admin.delete(RIVER).status_code == 204


def test_new_slug_is_derived_or_named(ada: Person) -> None:
    write(ada)
    assert edit(ada, title='Sea').get_json()['article']['slug'] == 'river'
    assert edit(ada, new_slug=True).get_json()['article']['slug'] == 'sea'
    assert edit(ada, slug='ocean').get_json()['article']['slug'] == 'ocean'
    assert edit(ada, slug='river').get_json()['article']['slug'] == 'river'


def test_present_and_former_slugs_of_others_are_taken(ada: Person, ben: Person) -> None:
    write(ben, slug='stream')
    ben.patch(f'{ARTICLES}/stream', json={'slug': 'brook'}, if_match='*')
    write(ada)
    for slug in ('stream', 'brook'):
        assert refusal(edit(ada, slug=slug)) == (409, 'slug_taken')
    assert ada.get(RIVER).get_json()['article']['version'] == 1


def test_deleted_article_is_gone_and_its_slugs_are_free(ada: Person, ben: Person, stranger: Person,
                                                        site: Site) -> None:
    write(ada, tags=['a'])
    edit(ada, slug='stream')
    answer = ada.delete(f'{ARTICLES}/stream')
    assert (answer.status_code, answer.data) == (204, b'')
    assert site.activity()[-1].action == 'article_deleted'
    for slug in ('river', 'stream'):
        assert refusal(stranger.get(f'{ARTICLES}/{slug}')) == (404, 'article_not_found')
        assert write(ben, slug=slug)['article']['slug'] == slug
    assert refusal(ada.delete(f'{ARTICLES}/nowhere')) == (404, 'article_not_found')


def test_deletion_of_an_older_version_is_refused(ada: Person) -> None:
    write(ada)
    answer = ada.delete(RIVER, if_match='"v7.abc"')
    assert refusal(answer) == (412, 'version_mismatch')
    tag = ada.get(RIVER).headers['ETag']
    assert answer.headers['ETag'] == tag
    assert ada.delete(RIVER, if_match=tag).status_code == 204
