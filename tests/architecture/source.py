"""The source as text and as syntax trees, and the classes that it declares."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / 'talelio_backend'
LAYERS = ('domain', 'services', 'data', 'presentation')
Class = TypeVar('Class')

# Importing these starts something.
_PROGRAMS = {
    'talelio_backend.app', 'talelio_backend.__main__', 'talelio_backend.development.__main__'
}


@cache
def committed() -> tuple[Path, ...]:
    """Every file that git knows, or would take."""
    listed = subprocess.run(
        ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
        cwd=ROOT,
        check=True,
        capture_output=True).stdout
    files = (ROOT / name for name in listed.decode().split('\0') if name)
    return tuple(file for file in files if file.is_file())


def python_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob('*.py'))


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding='utf-8'))


def name_of(file: Path) -> str:
    """The dotted name of a module of the package."""
    return '.'.join(file.relative_to(ROOT).with_suffix('').parts).removesuffix('.__init__')


def areas() -> list[Path]:
    return sorted(folder for folder in PACKAGE.glob('app_*') if folder.is_dir())


def imports(file: Path) -> Iterator[str]:
    """The dotted names that a file imports, wherever in it the import stands."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f'{node.module}.{alias.name}' for alias in node.names)


@cache
def import_everything() -> None:
    for file in python_files(PACKAGE):
        if name_of(file) not in _PROGRAMS:
            import_module(name_of(file))


def every(base: type[Class]) -> list[type[Class]]:
    """The classes of the package that derive from ``base``, each once, by name."""
    import_everything()
    found: set[type[Class]] = set()
    waiting = [base]
    while waiting:
        subclasses = waiting.pop().__subclasses__()
        waiting += subclasses
        found.update(one for one in subclasses if one.__module__.startswith('talelio_backend.'))
    return sorted(found, key=lambda one: (one.__module__, one.__qualname__))
