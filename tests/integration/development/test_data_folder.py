import os
import subprocess
import sys
from pathlib import Path

import pytest

from talelio_backend.development import credentials
from talelio_backend.development.data_folder import DataFolder, InUse

ROOT = Path(__file__).parents[3]


@pytest.fixture(name='folder')
def _folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / 'data')


def test_lock_names_its_owner(folder: DataFolder) -> None:
    with folder.lock('http://127.0.0.1:5000'):
        with pytest.raises(InUse) as refusal:
            folder.lock('another')
    assert str(refusal.value) == ('this data folder is in use by process '
                                  f'{os.getpid()} (http://127.0.0.1:5000)')


def test_lock_of_a_killed_owner_is_free(folder: DataFolder) -> None:
    program = ('import signal, sys; from pathlib import Path\n'
               'from talelio_backend.development.data_folder import DataFolder\n'
               f'held = DataFolder(Path({str(folder.path)!r})).lock("other")\n'
               'print("held", flush=True); signal.pause()')
    with subprocess.Popen([sys.executable, '-c', program], cwd=ROOT,
                          stdout=subprocess.PIPE) as owner:
        assert owner.stdout and owner.stdout.readline()
        with pytest.raises(InUse):
            folder.lock('mine')
        owner.kill()
    with folder.lock('mine') as held:
        assert held.descriptor


def test_run_file_counts_only_while_its_writer_holds_the_folder(folder: DataFolder) -> None:
    with folder.lock('mine'):
        folder.write_run({'pid': os.getpid(), 'url': None})
        assert folder.running() == {'pid': os.getpid(), 'url': None}
        folder.write_run({'pid': 1, 'url': None})
        assert folder.running() is None
    folder.write_run({'pid': os.getpid(), 'url': None})
    assert folder.running() is None


def test_secrets_are_made_once_and_readable_by_their_owner_alone(folder: DataFolder) -> None:
    file = folder.path / 'secret_key'
    made = credentials.load_or_make_secret_key(file)
    assert len(made) >= 64
    assert file.stat().st_mode & 0o777 == 0o600
    assert credentials.load_or_make_secret_key(file) == made
    known = credentials.load_or_make(folder.path / 'credentials.json')
    assert credentials.load_or_make(folder.path / 'credentials.json') == known


def test_removal_takes_only_what_is_ours(folder: DataFolder) -> None:
    folder.prepare()
    (folder.path / 'holiday.jpg').write_bytes(b'x')
    (folder.path / 'postgres').mkdir()
    folder.remove()
    assert [entry.name for entry in folder.path.iterdir()] == ['holiday.jpg']


def test_folder_in_use_is_not_removed(folder: DataFolder) -> None:
    with folder.lock('mine'):
        with pytest.raises(InUse):
            folder.remove()
    assert folder.path.exists()
