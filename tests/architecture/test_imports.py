import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import (LAYERS, PACKAGE, ROOT, areas, imports, name_of,
                                       python_files, tree)

# Composition roots and programs; what they read they hand down as values.
READS_THE_ENVIRONMENT = ('settings.py', 'bootstrap.py', 'cli.py', 'app.py', 'development/')


def test_import_contracts_hold() -> None:
    # In a process of its own: the linter sets up logging and silences the loggers that are there.
    lint = [str(Path(sys.executable).parent / 'lint-imports'), '--no-cache']
    run = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_domain_needs_the_standard_library_alone() -> None:
    for file in python_files(PACKAGE):
        parts = file.relative_to(PACKAGE).parts
        if 'domain' not in parts:
            continue
        allowed = (f'talelio_backend.{parts[0]}.domain.', 'talelio_backend.shared.domain.')
        strangers = [
            name for name in imports(file) if not name.startswith(allowed)
            and name.partition('.')[0] not in sys.stdlib_module_names
        ]
        assert not strangers, f'{file}: {strangers}'


def test_domain_reads_neither_clock_nor_chance_nor_files() -> None:
    outside = {
        'os', 'pathlib', 'socket', 'subprocess', 'threading', 'random', 'logging', 'asyncio'
    }
    for file in python_files(PACKAGE):
        if 'domain' in file.parts:
            found = {name.partition('.')[0] for name in imports(file)} & outside
            assert not found, f'{file}: {found}'


def test_nobody_else_reads_the_environment() -> None:
    for file in python_files(PACKAGE):
        if str(file.relative_to(PACKAGE)).startswith(READS_THE_ENVIRONMENT):
            continue
        assert not set(imports(file)) & {'os.environ', 'os.getenv', 'os.environb'}, file
        # Some libraries are told things through it; telling is not asking.
        told = [
            node.value for node in ast.walk(tree(file))
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
        ]
        asked = [
            node.lineno for node in ast.walk(tree(file))
            if isinstance(node, ast.Attribute) and ast.unparse(node) in (
                'os.environ', 'os.getenv') and node not in told
        ]
        assert not asked, f'{file}: {asked}'


def test_resources_need_no_cast() -> None:
    for file in PACKAGE.glob('app_*/presentation/*resources.py'):
        assert 'typing.cast' not in set(imports(file)), file


def test_layers_are_never_crossed_by_a_string() -> None:
    for file in python_files(PACKAGE):
        if any(layer in file.parts for layer in LAYERS):
            assert 'importlib.import_module' not in set(imports(file)), file


def joined_by(file: Path) -> tuple[str, ...]:
    """The tables of other areas that the read models in this file may join."""
    people, images = (f'talelio_backend.app_{area}.data.orm.' for area in ('account', 'assets'))
    if 'app_library' in file.parts and file.parent.name == 'data':
        return people, images  # decision 12
    return (people, ) if file.name == 'queries.py' else ()


@pytest.mark.parametrize('folder', areas(), ids=lambda folder: folder.name)
def test_areas_keep_to_themselves(folder: Path) -> None:
    for file in python_files(folder):
        for name in imports(file):
            other = name.split('.')[1] if name.startswith('talelio_backend.app_') else folder.name
            if other == folder.name:
                continue
            read_model = name.startswith(joined_by(file))
            hears = '.domain.events.' in name and f'{folder.name}.services' in name_of(file)
            assert read_model or hears, f'{name_of(file)} imports {name}'
