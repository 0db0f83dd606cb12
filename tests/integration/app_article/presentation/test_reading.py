from typing import Any

from tests.authors import Person, Site
from tests.integration.app_article.writing import ARTICLES, draft, refusal, write


def test_stranger_reads_a_published_article(ada: Person, stranger: Person) -> None:
    written = write(ada)
    answer = stranger.get(f'{ARTICLES}/river')
    assert answer.status_code == 200
    assert answer.get_json() == written
    assert answer.headers['Cache-Control'] == 'no-cache'


def test_unknown_article_is_not_found(stranger: Person) -> None:
    assert refusal(stranger.get(f'{ARTICLES}/nowhere')) == (404, 'article_not_found')


def test_draft_is_seen_by_its_author_and_admins_alone(ada: Person, ben: Person, admin: Person,
                                                      stranger: Person) -> None:
    draft(ada)
    statuses = [who.get(f'{ARTICLES}/river').status_code for who in (ada, admin, ben, stranger)]
    assert statuses == [200, 200, 404, 404]
    assert refusal(ben.get(f'{ARTICLES}/river')) == (404, 'article_not_found')


def test_neighbours_are_the_author_s_published_articles_by_time(ada: Person, ben: Person,
                                                                stranger: Person) -> None:
    for title in ('One', 'Two', 'Three'):
        write(ada, title)
        write(ben, title + ' of Ben')
        draft(ada, title + ' draft')
    assert neighbours(stranger, 'one') == (None, 'two')
    assert neighbours(stranger, 'two') == ('one', 'three')
    assert neighbours(stranger, 'three') == ('two', None)
    assert neighbours(ada, 'two-draft') == (None, None)


def neighbours(reader: Person, slug: str) -> tuple[str | None, str | None]:
    found = reader.get(f'{ARTICLES}/{slug}').get_json()['meta']['adjacent_articles']
    assert set(found) == {'next', 'prev'}
    before, after = found['prev'], found['next']
    assert after is None or set(after) == {'title', 'slug'}
    return before and before['slug'], after and after['slug']


def test_known_article_is_not_sent_again(ada: Person, stranger: Person) -> None:
    write(ada)
    tag = stranger.get(f'{ARTICLES}/river').headers['ETag']
    answer = stranger.get(f'{ARTICLES}/river', if_none_match=tag)
    assert (answer.status_code, answer.data, answer.headers['ETag']) == (304, b'', tag)
    assert stranger.get(f'{ARTICLES}/river', if_none_match='"other"').status_code == 200


def test_tag_covers_whatever_the_document_shows(site: Site, ada: Person, ben: Person,
                                                stranger: Person) -> None:
    first = write(ada)['article']
    seen = {tag_of(stranger)}
    write(ada, 'Sea')
    seen.add(tag_of(stranger))
    site.execute('UPDATE "user" SET display_name = \'Countess\' WHERE username = \'ada\'')
    seen.add(tag_of(stranger))
    site.execute('UPDATE article SET renderer = 99 WHERE slug = \'river\'')
    seen.add(tag_of(stranger))
    ada.patch(f'{ARTICLES}/river', json={'tags': ['a']}, if_match=tag_of(stranger))
    seen.add(tag_of(stranger))
    assert len(seen) == 5
    write(ben, 'Nothing to do with it')
    assert tag_of(stranger) in seen
    assert tag_of(stranger).startswith(f'"v{first["version"] + 1}.')


def tag_of(reader: Person) -> str:
    return reader.get(f'{ARTICLES}/river').headers['ETag']


def test_new_neighbour_spoils_no_edit(ada: Person) -> None:
    write(ada)
    tag = ada.get(f'{ARTICLES}/river').headers['ETag']
    write(ada, 'Sea')
    assert ada.patch(f'{ARTICLES}/river', json={'title': 'Brook'}, if_match=tag).status_code == 200


def test_former_slug_leads_to_the_present_one_in_one_step(ada: Person, stranger: Person) -> None:
    write(ada)
    for slug in ('stream', 'brook'):
        renamed = ada.patch(f'{ARTICLES}/river', json={'slug': slug}, if_match='*')
        assert renamed.get_json()['article']['slug'] == slug
    for former in ('river', 'stream'):
        for sent in (None, '"x"'):
            answer = stranger.get(f'{ARTICLES}/{former}', if_none_match=sent)
            assert answer.status_code == 301
            assert answer.headers['Location'] == '/v1/articles/brook'
            # Not for ever: the article may take its former slug back.
            assert answer.headers['Cache-Control'] == 'no-cache'
    assert stranger.get(f'{ARTICLES}/brook').status_code == 200


def test_former_slug_of_a_draft_tells_nothing(ada: Person, stranger: Person) -> None:
    draft(ada)
    ada.patch(f'{ARTICLES}/river', json={'slug': 'stream'}, if_match='*')
    assert ada.get(f'{ARTICLES}/river').status_code == 301
    assert stranger.get(f'{ARTICLES}/river').status_code == 404


def test_head_answers_like_get_without_a_body(ada: Person, stranger: Person) -> None:
    write(ada)
    got, asked = stranger.get(f'{ARTICLES}/river'), stranger.call('HEAD', f'{ARTICLES}/river')
    assert (asked.status_code, asked.data) == (200, b'')
    assert asked.headers['ETag'] == got.headers['ETag']


def test_markup_in_titles_of_neighbours_stays_text(ada: Person, stranger: Person) -> None:
    write(ada, 'River')
    write(ada, '</script>"quote"')
    found: Any = stranger.get(f'{ARTICLES}/river').get_json()
    assert found['meta']['adjacent_articles']['next']['title'] == '</script>"quote"'
