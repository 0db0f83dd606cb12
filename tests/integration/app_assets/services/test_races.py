"""What happens when requests of one person meet, and when a commit fails."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from werkzeug.test import TestResponse

from tests.integration.app_assets.site import (IMAGES, MakeSite, Person, Site, faults_of, path_of,
                                               picture)

REFUSING = '''
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
    CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON image
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();
'''


def at_once(site: Site, person: Person, *contents: Sequence[bytes]) -> list[TestResponse]:
    """Uploads at the same instant, each over a client of its own."""
    barrier = Barrier(len(contents))

    def send(files: Sequence[bytes]) -> TestResponse:
        own = Person(id=person.id,
                     name=person.name,
                     headers=person.headers,
                     client=site.app.test_client(use_cookies=False))
        barrier.wait()
        return own.send(*files)

    with ThreadPoolExecutor(len(contents)) as pool:
        return list(pool.map(send, contents))


def rows_and_objects_agree(site: Site) -> bool:
    rows = site.execute("SELECT 'users/' || owner_id || '/images/' || id || '.' || extension "
                        'FROM image')
    return {row[0] for row in rows} == site.keys()


def test_the_same_file_at_the_same_instant_is_one_image(site: Site, ada: Person) -> None:
    answers = at_once(site, ada, *[[picture()]] * 6)
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.get_json()['images'][0]['id'] for answer in answers}) == 1
    assert site.one('SELECT count(*) FROM image') == 1
    assert rows_and_objects_agree(site)


def test_overlapping_uploads_agree_on_what_they_share(site: Site, ada: Person) -> None:
    shared = picture(seed=0)
    answers = at_once(site, ada, *([picture(seed=number), shared] for number in range(1, 5)))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.get_json()['images'][1]['id'] for answer in answers}) == 1
    assert site.one('SELECT count(*) FROM image') == 5
    assert rows_and_objects_agree(site)


def test_parallel_uploads_do_not_pass_the_quota(make_site: MakeSite) -> None:
    site = make_site(settings={'image_quota_count': 4})
    ada = site.person()
    ada.stored(picture(seed=100), picture(seed=101))
    answers = at_once(site, ada, *([picture(seed=number)] for number in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409]
    assert site.one('SELECT count(*) FROM image') == 4
    assert rows_and_objects_agree(site)


def test_parallel_uploads_do_not_pass_the_quota_of_bytes(make_site: MakeSite) -> None:
    size = make_site().person().stored(picture(seed=1))[0]['bytes']
    site = make_site(settings={'image_quota_bytes': 3 * size + size // 2})
    bob = site.person('bob')
    answers = at_once(site, bob, *([picture(seed=number)] for number in range(2, 7)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 409, 409]
    taken = site.one('SELECT sum(size) FROM image WHERE owner_id = :id', id=bob.id)
    assert taken <= 3 * size + size // 2


def test_a_commit_that_fails_leaves_no_objects(site: Site, ada: Person) -> None:
    ada.stored(picture(seed=1))
    before = site.keys()
    with_trigger(site, lambda: ada_is_refused(ada))
    assert site.keys() == before
    assert site.one('SELECT count(*) FROM image') == 1
    assert ada.send(picture(seed=2)).status_code == 201


def ada_is_refused(ada: Person) -> None:
    assert faults_of(ada.send(picture(seed=1), picture(seed=2)))[0] == 503


def with_trigger(site: Site, act: Callable[[], None]) -> None:
    site.execute(REFUSING)
    try:
        act()
    finally:
        site.execute('DROP TRIGGER refuse ON image; DROP FUNCTION refuse')


def test_one_image_is_deleted_once(site: Site, ada: Person) -> None:
    image, = ada.stored(picture())
    address = f"{IMAGES}/{image['id']}"
    barrier = Barrier(4)

    def delete(_number: int) -> int:
        client = site.app.test_client(use_cookies=False)
        barrier.wait()
        return client.delete(address, headers=ada.headers).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(delete, range(4))) == [204, 404, 404, 404]
    assert site.client.get(path_of(image['url'])).status_code == 404
    site.work()
    assert not site.keys()
