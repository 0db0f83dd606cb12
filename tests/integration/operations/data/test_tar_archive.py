import os
import tarfile
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from talelio_backend.operations.data.tar_archive import TarArchives
from talelio_backend.operations.domain.addresses import Addresses
from talelio_backend.operations.domain.errors import Corrupted, OperationFailed
from talelio_backend.operations.domain.export import ExportedFile, ExportManifest, most_bytes
from talelio_backend.operations.domain.manifest import Tools
from talelio_backend.operations.domain.restore_errors import FileFailed, NotAnExport
from tests.fakes import NOON

DUMP = b'PGDMP' + bytes(range(256)) * 5
FILES = {
    'users/1/images/a.jpg': b'\xff\xd8' * 700,
    'users/1/' + 'deep/' * 40 + 'ä.png': b'',
    'b': b'x' * 512,
}


def described(key: str, content: bytes) -> ExportedFile:
    return ExportedFile(key=key, size=len(content), sha256=sha256(content).hexdigest())


def manifest() -> ExportManifest:
    return ExportManifest(created_at=NOON.replace(microsecond=0),
                          alembic_revision='one',
                          tables={'public.user': 3},
                          database=described('database.dump', DUMP),
                          media=tuple(described(*file) for file in FILES.items()),
                          addresses=Addresses(public_url='http://a',
                                              client_url='http://b',
                                              s3_public_url=None),
                          tools=Tools(talelio='0.1.0', pg_dump='18.1', server='18.1'))


def write(path: Path, told: ExportManifest | None = None) -> Path:
    with TarArchives().create(path) as archive:
        archive.reserve(most_bytes(replace(manifest(), media=()), list(FILES)))
        for name, content in {
                'database.dump': DUMP,
                **{
                    f'media/{k}': c
                    for k, c in FILES.items()
                }
        }.items():
            with archive.add(name) as member:
                member.write(content[:100])
                member.write(content[100:])
            assert member.size == len(content)
            assert member.sha256 == sha256(content).hexdigest()
        archive.describe(told or manifest())
    return path


@pytest.fixture(name='path')
def written(tmp_path: Path) -> Path:
    return write(tmp_path / 'site.tar')


def test_other_programs_read_it(path: Path) -> None:
    with tarfile.open(path) as archive:
        assert archive.getnames() == [
            'manifest.json', 'database.dump', *(f'media/{key}' for key in FILES)
        ]
        found = archive.extractfile('media/b')
        assert found is not None and found.read() == FILES['b']
        read = archive.extractfile('manifest.json')
        assert read is not None and ExportManifest.from_bytes(read.read()) == manifest()
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert os.stat(path).st_size % tarfile.RECORDSIZE == 0


def test_it_is_read_as_often_as_one_likes(path: Path) -> None:
    with TarArchives().open(path) as archive:
        assert archive.manifest == manifest()
        for _ in range(2):
            archive.verify()
            with archive.dump() as dump:
                assert dump.read() == DUMP
            assert {file.key: content.read() for file, content in archive.media()} == FILES


def test_file_that_nobody_read_is_passed_over(path: Path) -> None:
    with TarArchives().open(path) as archive:
        assert [file.key for file, _content in archive.media()] == list(FILES)


def test_failure_leaves_what_was_there(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(ValueError, match='half'):
        with TarArchives().create(path) as archive:
            with archive.add('database.dump') as member:
                member.write(DUMP)
                raise ValueError('half')
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == [path.name]


def test_place_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileFailed, match='No such file'):
        write(tmp_path / 'nowhere' / 'site.tar')
    with pytest.raises(FileFailed, match='No such file'), TarArchives().open(tmp_path / 'none'):
        pass


def test_no_byte_may_differ(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    for content in (DUMP, FILES['users/1/images/a.jpg'], FILES['b']):
        spoilt = bytearray(whole)
        spoilt[whole.index(content) + 7] ^= 1
        path.write_bytes(spoilt)
        with TarArchives().open(path) as archive, pytest.raises(Corrupted, match='not what'):
            archive.verify()


@pytest.mark.parametrize('kept', [0.3, 0.6, 0.9])
def test_no_end_may_be_cut_off(path: Path, kept: float) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:int(whole.index(FILES['b']) * kept)])
    with pytest.raises((Corrupted, NotAnExport)):
        with TarArchives().open(path) as archive:
            archive.verify()


Change = Callable[[ExportManifest], ExportManifest]


@pytest.mark.parametrize('change', [
    lambda told: replace(told, media=told.media[:-1]),
    lambda told: replace(told, media=(*told.media, described('more', b''))),
    lambda told: replace(told, database=replace(told.database, size=1)),
])
def test_manifest_names_each_member_and_no_other(tmp_path: Path, change: Change) -> None:
    path = write(tmp_path / 'site.tar', change(manifest()))
    with TarArchives().open(path) as archive, pytest.raises(Corrupted):
        archive.verify()


def test_member_that_stands_there_twice_is_refused(path: Path) -> None:
    with tarfile.open(path, 'a') as archive:
        again = tarfile.TarInfo('media/b')
        again.size = 1
        archive.addfile(again, BytesIO(b'y'))
    with TarArchives().open(path) as archive, pytest.raises(Corrupted, match='twice'):
        archive.verify()


def foreign(path: Path) -> None:
    with tarfile.open(path, 'w') as archive:
        archive.addfile(tarfile.TarInfo('readme.txt'))


def link(path: Path) -> None:
    with tarfile.open(path, 'w') as archive:
        info = tarfile.TarInfo('manifest.json')
        info.type, info.linkname = tarfile.SYMTYPE, '/etc/passwd'
        archive.addfile(info)


@pytest.mark.parametrize('make', [
    foreign, link, lambda path: path.write_bytes(b''),
    lambda path: path.write_bytes(b'PGDMP' * 999)
])
def test_something_else_is_no_export(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / 'else')
    with pytest.raises(NotAnExport), TarArchives().open(tmp_path / 'else'):
        pass


def test_manifest_that_outgrew_its_room_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperationFailed, match='more of its files'):
        with TarArchives().create(tmp_path / 'site.tar') as archive:
            archive.reserve(10)
            archive.describe(manifest())
    assert not os.listdir(tmp_path)
