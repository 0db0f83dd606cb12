import ast
import re

from tests.architecture.source import PACKAGE, ROOT, committed, imports, python_files, tree

# Written in pieces, so that this file does not break its own rule.
REGISTRIES = re.compile('|'.join(r'\b' + r'\.'.join(parts) + r'\b'
                                 for parts in (('pypi', 'org'), ('files', 'pythonhosted', 'org'),
                                               ('pythonhosted', 'org'), ('registry', 'npmjs',
                                                                         'org'), ('npmjs', 'com'),
                                               ('crates', 'io'), ('proxy', 'golang',
                                                                  'org'), ('rubygems', 'org'))))
MACHINE_PATHS = re.compile('/(?:work|root)/' + '(?=[a-z.])')
TESTS = python_files(ROOT / 'tests')


def texts() -> list[tuple[str, str]]:
    found = []
    for file in committed():
        raw = file.read_bytes()
        if b'\0' not in raw:
            found.append((str(file.relative_to(ROOT)), raw.decode(errors='replace')))
    return found


def test_no_committed_file_names_a_package_registry() -> None:
    assert not [name for name, text in texts() if REGISTRIES.search(text)]


def test_no_committed_file_names_a_folder_of_this_machine() -> None:
    assert not {
        name: MACHINE_PATHS.findall(text)
        for name, text in texts() if MACHINE_PATHS.search(text)
    }


def calls(name: str) -> set[str]:
    """The files of the tests that call ``name``; a program that a test starts may
    be slow on purpose."""
    found = set()
    for file in TESTS:
        if not file.name.startswith(('test_', 'conftest', 'eventually')):
            continue
        for node in ast.walk(tree(file)):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr == name:
                found.add(str(file))
            elif isinstance(called, ast.Name) and called.id == name:
                found.add(str(file))
    return found


def test_no_test_sleeps() -> None:
    assert not calls('sleep')


def test_no_test_mocks() -> None:
    for file in TESTS:
        assert not [name for name in imports(file) if 'mock' in name.casefold()], file


def test_no_test_is_skipped_for_good() -> None:
    for file in TESTS:
        marks = {
            node.attr
            for node in ast.walk(tree(file))
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == 'pytest.mark'
        }
        assert not marks & {'skip', 'xfail'}, file


def test_every_test_can_fail() -> None:
    for file in TESTS:
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.FunctionDef) and node.name.startswith('test_'):
                assert can_fail(node), f'{file}: {node.name}'


def can_fail(function: ast.FunctionDef) -> bool:
    """Whether it asserts, expects an error, or calls something that may."""
    return any(isinstance(node, (ast.Assert, ast.Raise, ast.Call)) for node in ast.walk(function))


def test_nobody_but_the_unit_of_work_commits() -> None:
    # Migrations and savepoints are no sessions.
    elsewhere = {'shared/data/unit_of_work.py', 'shared/data/schema.py', 'shared/data/jobs.py'}
    for file in python_files(PACKAGE):
        if str(file.relative_to(PACKAGE)) in elsewhere or 'development' in file.parts:
            continue
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Attribute) and node.attr == 'commit':
                owner = ast.unparse(node.value)
                assert owner.endswith('uow'), f'{file}:{node.lineno} {owner}.commit'


def test_nothing_is_left_to_be_done() -> None:
    words = re.compile(r'\b(' + '|'.join(('TO' + 'DO', 'FIX' + 'ME')) + r')\b')
    for file in python_files(PACKAGE) + TESTS:
        assert not words.search(file.read_text(encoding='utf-8')), file
