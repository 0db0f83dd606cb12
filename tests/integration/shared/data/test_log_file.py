import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from talelio_backend.shared.data.log_file import SharedLogFile

ROOT = Path(__file__).parents[4]
WRITER = '''
import sys
from pathlib import Path
from talelio_backend.shared.data.log_file import SharedLogFile
file = SharedLogFile(Path(sys.argv[1]), size=20_000, kept=1000)
for number in range(2000):
    file.write(f'{sys.argv[2]} {number} ' + 'x' * 40)
'''


def lines(folder: Path) -> list[str]:
    return [line for file in folder.iterdir() for line in file.read_text().splitlines()]


def test_lines_of_several_processes_are_whole_and_none_is_lost(tmp_path: Path) -> None:
    path = tmp_path / 'log' / 'api.jsonl'
    with ExitStack() as stack:
        writers = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, '-c', WRITER, str(path), name], cwd=ROOT))
            for name in ('one', 'two', 'three')
        ]
        assert [writer.wait(60) for writer in writers] == [0, 0, 0]

    expected = {
        f'{name} {number} {"x" * 40}'
        for name in ('one', 'two', 'three')
        for number in range(2000)
    }
    assert sorted(lines(path.parent)) == sorted(expected)
    assert len(list(path.parent.iterdir())) > 10


def test_old_files_are_dropped(tmp_path: Path) -> None:
    file = SharedLogFile(tmp_path / 'api.jsonl', size=100, kept=3)
    for number in range(100):
        file.write(f'{number:020}')

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        'api.jsonl', 'api.jsonl.1', 'api.jsonl.2', 'api.jsonl.3'
    ]
    assert max(lines(tmp_path)) == f'{99:020}'


def test_file_that_was_moved_away_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / 'api.jsonl'
    file = SharedLogFile(path)
    file.write('before')
    path.rename(tmp_path / 'elsewhere')

    file.write('after')

    assert path.read_text() == 'after\n'


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / 'log' / 'api.jsonl'
    SharedLogFile(path).write('x')

    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_place_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / 'log').write_text('a file, not a folder')

    SharedLogFile(tmp_path / 'log' / 'api.jsonl').write('x')
