"""What the worker does: variants, references, objects of deleted images, the sweep."""

import json
from datetime import timedelta
from typing import Any

import click
from click.testing import CliRunner, Result

from tests.fakes import FakeClock
from tests.fakes_storage import InMemoryObjectStore
from tests.integration.app_assets.site import (IMAGES, MakeSite, Person, Site, animation,
                                               faults_of, picture)


def run(site: Site, *arguments: str) -> Result:
    area, = (area for area in site.house.areas if area.name == 'assets')
    group, = area.commands
    assert isinstance(group, click.Group)
    return CliRunner().invoke(group, arguments)


def handler(site: Site, name: str) -> Any:
    found, = (handler for handler in site.house.handlers if handler.name == name)
    return found


def status_of(ada: Person, image: Any) -> tuple[str, list[int]]:
    shown = ada.get(f"{IMAGES}/{image['id']}").get_json()
    return shown['variants_status'], [variant['width'] for variant in shown['variants']]


def test_only_narrower_variants_are_made(site: Site, ada: Person) -> None:
    wide, narrow, exact = ada.stored(picture(width=1300, height=50), picture(width=320),
                                     picture(width=640))
    assert site.work() == ['assets.make_variants'] * 3
    assert status_of(ada, wide) == ('ready', [320, 640, 1280])
    assert status_of(ada, narrow) == ('ready', [])
    assert status_of(ada, exact) == ('ready', [320])


def test_no_variants_are_made_of_an_animation(site: Site, ada: Person) -> None:
    image, = ada.stored(animation())
    site.work()
    assert status_of(ada, image) == ('ready', [])


def test_making_variants_again_changes_nothing(site: Site, ada: Person) -> None:
    image, = ada.stored(picture(width=700))
    site.work()
    before = ada.get(f"{IMAGES}/{image['id']}").data
    handler(site, 'assets.make_variants').run(image=image['id'])
    assert ada.get(f"{IMAGES}/{image['id']}").data == before


def test_after_five_tries_the_variants_have_failed(site: Site, ada: Person) -> None:
    image, = ada.stored(picture(width=700))
    variants = handler(site, 'assets.make_variants')
    assert variants.attempts == 5
    variants.on_exhausted(image=image['id'])
    assert status_of(ada, image) == ('failed', [])
    result = run(site, 'variants')
    assert (result.exit_code, result.stdout) == (0, '1 ready, 0 failed\n')
    assert status_of(ada, image) == ('ready', [320, 640])


def test_the_command_counts_what_fails_again(site: Site, ada: Person) -> None:
    image, = ada.stored(picture(width=700))
    site.objects.delete(site.keys())
    result = run(site, 'variants')
    assert (result.exit_code, result.stdout) == (1, '0 ready, 1 failed\n')
    assert status_of(ada, image) == ('failed', [])


def test_articles_keep_the_images_that_they_show(site: Site, ada: Person) -> None:
    shown, featured, later = ada.stored(*(picture(seed=number) for number in range(3)))
    article = ada.client.post('/v1/articles',
                              headers=ada.headers,
                              json={
                                  'title': 'Herons',
                                  'body': f"A heron: ![heron]({shown['url']})",
                                  'featured_image': featured['url']
                              })
    assert article.status_code == 201, article.text
    assert site.work() == ['assets.make_variants'] * 3 + ['assets.track_references']
    for image in (shown, featured):
        answer = ada.delete(f"{IMAGES}/{image['id']}")
        assert faults_of(answer)[:2] == (409, 'image_in_use')
        use, = answer.get_json()['used_by']
        assert (use['kind'], use['title']) == ('article', 'Herons')
    unused = ada.get(f'{IMAGES}?unreferenced=true').get_json()['images']
    assert [image['id'] for image in unused] == [later['id']]

    path = article.headers['Location']
    changed = ada.patch(path,
                        json={'body': f"Now {later['url']} ![]({later['url']})"},
                        headers={'If-Match': article.headers['ETag']})
    assert changed.status_code == 200, changed.text
    site.work()
    unused = ada.get(f'{IMAGES}?unreferenced=true').get_json()['images']
    assert [image['id'] for image in unused] == [shown['id']]

    assert ada.delete(path).status_code == 204
    site.work()
    assert len(ada.get(f'{IMAGES}?unreferenced=true').get_json()['images']) == 3


def test_projects_and_avatars_keep_theirs(site: Site, ada: Person) -> None:
    cover, avatar = ada.stored(picture(seed=1), picture(seed=2))
    project = ada.client.post('/v1/projects',
                              headers=ada.headers,
                              json={
                                  'title': 'Birds',
                                  'cover_image': cover['url']
                              })
    assert project.status_code == 201, project.text
    assert ada.patch('/v1/me', json={'avatar_url': avatar['url']}).status_code == 200
    site.work()
    for image, kind, title in ((cover, 'project', 'Birds'), (avatar, 'avatar', 'ada')):
        used_by = ada.delete(f"{IMAGES}/{image['id']}").get_json()['used_by']
        assert [(use['kind'], use['title']) for use in used_by] == [(kind, title)]
    ada.patch('/v1/me', json={'avatar_url': ''})
    site.work()
    assert ada.delete(f"{IMAGES}/{avatar['id']}").status_code == 204


def test_the_sweep_finds_what_belongs_to_no_image(make_site: MakeSite) -> None:
    objects, clock = InMemoryObjectStore(), FakeClock()
    site = make_site(objects=objects, clock=clock)
    ada = site.person()
    ada.stored(picture(width=700))
    site.work()
    kept = objects.keys
    orphan = f'users/{ada.id}/images/orphan.png'
    objects.put(orphan, b'12345', content_type='image/png', cache_control='')
    objects.put('exports/old', b'1', content_type='', cache_control='')
    sweep = handler(site, 'assets.sweep_orphans')
    assert sweep.cron is not None
    clock.set(objects.now + timedelta(hours=23))
    sweep.run()
    assert orphan in objects.keys
    clock.set(objects.now + timedelta(hours=25))
    listed = run(site, 'sweep')
    assert (listed.exit_code, listed.stdout) == (0, f'{orphan}\t5\n')
    assert listed.stderr == 'found 1 files, 5 bytes\n'
    assert orphan in objects.keys
    deleted = run(site, 'sweep', '--delete', '--json')
    assert json.loads(deleted.stdout) == {
        'deleted': True,
        'orphans': [{
            'key': orphan,
            'bytes': 5
        }]
    }
    assert objects.keys == kept | {'exports/old'}


def test_the_sweep_looks_at_the_real_store(make_site: MakeSite) -> None:
    site = make_site()
    site.person().stored(picture())
    kept = site.keys()
    site.objects.put('users/x/images/orphan.png', b'1', content_type='', cache_control='')
    far = make_site(settings={'clock_offset': 90_000})
    handler(far, 'assets.sweep_orphans').run()
    assert site.keys() == kept
