import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from talelio_backend.bootstrap import AREAS
from tests.architecture.source import LAYERS, PACKAGE, ROOT, areas, python_files, tree

LONGEST_FILE = 300  # a reviewer asks from 200 on
# What a class derives from says in which file of its layer a reader looks for it.
HOMES = {
    'Event': ('domain', ('events.py', )),
    'SqlUnitOfWork': ('data', ('unit_of_work.py', )),
    'Resource': ('presentation', ('.py', )),
}
SCHEMAS = ('Body', 'PatchBody', 'View', 'ListView', 'Query', 'ListQuery')


def classes(folder: Path) -> Iterator[tuple[Path, ast.ClassDef, set[str]]]:
    for file in python_files(folder):
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.ClassDef):
                yield file, node, {ast.unparse(base).rpartition('.')[2] for base in node.bases}


def test_areas_are_those_of_bootstrap() -> None:
    assert {folder.name
            for folder in areas()} == {package.rpartition('.')[2]
                                       for package in AREAS.values()}
    assert {f'app_{name}' for name in AREAS} == {folder.name for folder in areas()}


@pytest.mark.parametrize('folder', areas(), ids=lambda folder: folder.name)
def test_area_has_its_plug_and_the_four_layers_alone(folder: Path) -> None:
    assert (folder / 'area.py').is_file()
    folders = {
        inner.name
        for inner in folder.iterdir() if inner.is_dir() and inner.name != '__pycache__'
    }
    assert folders <= set(LAYERS)
    assert 'domain' in folders and 'data' in folders
    if 'presentation' in folders:
        assert (folder / 'presentation' / 'schemas.py').is_file()
        assert (folder / 'services' / 'ports.py').is_file()
        assert [*(folder / 'presentation').glob('*resources.py')]
    assert (folder / 'data' / 'orm.py').is_file()


@pytest.mark.parametrize('folder', areas(), ids=lambda folder: folder.name)
def test_a_reader_guesses_the_file(folder: Path) -> None:
    for file, node, bases in classes(folder):
        layer = file.relative_to(folder).parts[0]
        for base in bases & set(HOMES):
            wanted, names = HOMES[base]
            assert layer == wanted and file.name.endswith(names), f'{node.name} in {file}'
        if bases & set(SCHEMAS):
            assert layer == 'presentation' and file.name.endswith('schemas.py'), f'{file}'


@pytest.mark.parametrize('folder', areas(), ids=lambda folder: folder.name)
def test_tables_are_declared_where_a_reader_looks(folder: Path) -> None:
    for file in python_files(folder):
        made = [
            node for node in ast.walk(tree(file)) if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name) and node.func.id == 'Table'
        ]
        assert not made or (file.parent == folder / 'data' and file.name.endswith('orm.py')), file


def test_no_code_in_init() -> None:
    for file in [*PACKAGE.rglob('__init__.py')]:
        assert file.stat().st_size == 0, file


def test_test_folders_are_no_packages() -> None:
    assert not [*(ROOT / 'tests').rglob('__init__.py')]


def test_every_folder_of_the_package_is_a_package() -> None:
    for folder in {file.parent for file in python_files(PACKAGE)}:
        assert (folder / '__init__.py').is_file(), folder


def test_no_file_is_called_after_nothing() -> None:
    for file in python_files(ROOT / 'tests') + python_files(PACKAGE):
        assert file.name not in ('utils.py', 'helpers.py', 'common.py', 'misc.py'), file


@pytest.mark.parametrize('folder', ['talelio_backend', 'scripts', 'benchmarks'])
def test_no_file_grows_for_ever(folder: str) -> None:
    for file in python_files(ROOT / folder):
        lines = len(file.read_text(encoding='utf-8').splitlines())
        assert lines <= LONGEST_FILE, f'{file}: {lines} lines'


@pytest.mark.parametrize('folder', areas(), ids=lambda folder: folder.name)
def test_every_area_is_tested(folder: Path) -> None:
    for kind in ('unit', 'integration'):
        assert python_files(ROOT / 'tests' / kind / folder.name), f'tests/{kind}/{folder.name}'
