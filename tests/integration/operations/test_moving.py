"""A whole installation goes into a file, and out of it at another address."""

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from talelio_backend.app_activity.services.chaining import SEAL
from tests.conftest import Servers
from tests.integration.app_assets.site import PASSWORD, Person, Site, path_of, picture
from tests.integration.operations.installation import PG_DUMP, MakeInstallation, program
from tests.integration.operations.replaceable import MakeReplaceable, Replaceable, replaceable

OLD = {
    'public_url': 'https://api.old.example',
    'client_url': 'https://old.example',
    's3_public_url': 'https://cdn.old.example'
}


@dataclass(frozen=True, kw_only=True)
class Populated:
    """The installation that moves: somebody with a picture, and an article that shows it."""

    installation: Replaceable
    site: Site
    ada: Person
    picture: bytes
    url: str

    def export(self, file: Path) -> Path:
        answer = self.installation.do('export', str(file))
        assert str(file) in answer.stdout
        return file


@pytest.fixture(name='make')
def installations(make_installation: MakeInstallation, servers: Servers,
                  worker_number: int) -> Iterator[MakeReplaceable]:
    """Installations, each with a media bucket of its own."""
    sites: list[Site] = []
    with replaceable(make_installation, servers, f'moved_{worker_number}') as make:

        def with_bucket(**settings: Any) -> Replaceable:
            bucket = f'talelio-test-moved-{worker_number}-{len(sites)}'
            made = make(settings={'s3_bucket': bucket} | settings)
            made.house.kernel.objects.ensure_bucket()  # type: ignore[attr-defined]
            sites.append(Site(made.house))
            sites[-1].clear()
            return made

        yield with_bucket
        for site in sites:
            site.clear()


@pytest.fixture(name='old')
def populate(make: MakeReplaceable) -> Populated:
    installation = make(**OLD)
    site = Site(installation.house)
    ada = site.person('ada')
    content = picture('JPEG', width=500, height=400)
    url = str(ada.stored(content)[0]['url'])
    site.work()
    assert url.startswith(f'https://cdn.old.example/users/{ada.id}/images/')
    answer = ada.client.post('/v1/articles',
                             headers=ada.headers,
                             json={
                                 'title': 'Herons',
                                 'body': f'![a heron]({url}) [home](https://old.example/about)',
                                 'featured_image': url,
                                 'status': 'published'
                             })
    assert answer.status_code == 201, answer.text
    next(handler for handler in installation.house.handlers if handler.name == SEAL).run()
    return Populated(installation=installation, site=site, ada=ada, picture=content, url=url)


def article_of(site: Site) -> Any:
    answer = site.client.get('/v1/articles/herons')
    assert answer.status_code == 200, answer.text
    return answer.get_json()['article']


def test_texts_and_files_are_at_the_new_address(old: Populated, make: MakeReplaceable,
                                                tmp_path: Path) -> None:
    file = old.export(tmp_path / 'site.tar')
    keys = old.site.keys('')
    with tarfile.open(file) as archive:
        assert {*archive.getnames()
                } == {'manifest.json', 'database.dump', *(f'media/{key}' for key in keys)}
    new = make()
    site = Site(new.house)

    preview = new.do('import', str(file), '--dry-run')
    assert ['public.account', '0', '1'] in [line.split() for line in preview.stdout.splitlines()]
    assert not site.keys('') and not new.databases
    assert site.client.get('/v1/articles/herons').status_code == 404

    new.do('import', str(file), '--yes')
    site.house.read_engine.dispose()

    shown = article_of(site)
    url = f'http://127.0.0.1:5000/v1{old.url.removeprefix("https://cdn.old.example")}'
    assert shown['featured_image'] == url
    for text in (shown['body'], shown['html']):
        assert url in text and 'http://127.0.0.1:3000/about' in text
        assert 'old.example' not in text
    assert new.scalar('SELECT links FROM article') == [url, 'http://127.0.0.1:3000/about']
    assert site.client.get(path_of(url)).data == old.site.client.get(
        f'/v1/users/ada/images/{url.rpartition("/")[2]}').data
    for key in keys:
        assert stored(site, key) == stored(old.site, key)
    answer = site.client.post('/v1/accounts/login', json={'username': 'ada', 'password': PASSWORD})
    assert answer.status_code == 200
    # Whoever was signed in there is not signed in here, though the key is the same.
    assert site.client.get('/v1/me', headers=old.ada.headers).status_code == 403
    assert new.notes() == ['import-before-restore']
    # What happened there is told as it was: its seal holds.
    new.do('activity', 'verify')


def stored(site: Site, key: str) -> tuple[bytes, str, str | None]:
    client = site.objects._client()  # pylint: disable=protected-access
    found = client.get_object(Bucket=site.objects.bucket, Key=key)
    return found['Body'].read(), found['ContentType'], found.get('CacheControl')


def test_accounts_are_only_replaced_where_that_is_said(old: Populated, make: MakeReplaceable,
                                                       tmp_path: Path) -> None:
    file = old.export(tmp_path / 'site.tar')
    new = make()
    site = Site(new.house)
    site.person('eve')

    for asked in ('--yes', '--dry-run'):
        answer = new.run('import', str(file), asked)
        assert answer.exit_code == 1 and '--replace' in answer.stderr, answer.output
    assert not site.keys('') and not new.databases

    new.do('import', str(file), '--yes', '--replace')
    assert new.scalar('SELECT username FROM "user"') == 'ada'
    [before] = new.databases
    assert new.jobs(before)


def test_what_was_changed_on_the_way_is_refused(old: Populated, make: MakeReplaceable,
                                                tmp_path: Path) -> None:
    file = old.export(tmp_path / 'site.tar')
    whole = file.read_bytes()
    new = make()
    [original] = [key for key in old.site.keys() if key.endswith('.jpg')]
    for content in (stored(old.site, original)[0], b'PGDMP'):
        place = whole.index(content)
        file.write_bytes(whole[:place + 3] + bytes([whole[place + 3] ^ 1]) + whole[place + 4:])
        answer = new.run('import', str(file), '--yes')
        assert answer.exit_code == 1 and 'Error: corrupted' in answer.stderr, answer.output
    assert not Site(new.house).keys('') and not new.databases
    assert new.notes() == []


def test_an_import_that_ended_early_is_run_again(old: Populated, make: MakeReplaceable,
                                                 tmp_path: Path, programs: Path) -> None:
    file = old.export(tmp_path / 'site.tar')
    new = make()
    program(programs, 'pg_dump', [f'[ "$1" = --version ] && exec {PG_DUMP} --version', 'exit 3'])
    # It has sent the files already; no row names them.
    answer = new.run('import', str(file), '--yes')
    assert answer.exit_code == 1 and 'the dump failed' in answer.stderr, answer.output
    assert new.scalar('SELECT count(*) FROM account') == 0
    assert not new.databases and new.notes() == []

    (programs / 'pg_dump').unlink()
    new.do('import', str(file), '--yes')
    assert new.scalar('SELECT count(*) FROM account') == 1
    assert Site(new.house).keys('') == old.site.keys('')
