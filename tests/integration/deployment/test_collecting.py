from pathlib import Path

from talelio_backend.development import binaries
from tests.shell import SCRIPTS, run


def test_collected_programs_run_with_their_own_libraries(tmp_path: Path) -> None:
    folder = tmp_path / 'opt'
    programs = [binaries.postgres_bin_dir() / name for name in ('pg_dump', 'psql')]
    collected = run(SCRIPTS / 'collect_programs.sh', folder, *programs)
    assert collected.returncode == 0, collected.stderr
    libraries = [file.name for file in (folder / 'lib').iterdir()]
    assert any(name.startswith('libpq') for name in libraries)
    assert not [name for name in libraries if name.startswith('libc.')]
    for program in programs:
        answered = run(folder / 'bin' / program.name, '--version')
        assert answered.stdout.startswith(f'{program.name} (PostgreSQL) 18'), answered.stderr
    maps = run('ldd', folder / 'libexec' / 'psql', LD_LIBRARY_PATH=str(folder / 'lib')).stdout
    assert f'{folder}/lib/libpq' in maps


def test_collecting_nothing_is_wrong_usage(tmp_path: Path) -> None:
    assert run(SCRIPTS / 'collect_programs.sh', tmp_path).returncode == 2
