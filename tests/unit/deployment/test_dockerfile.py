"""The parsed instructions of the Dockerfile, and what of the project reaches the builder."""

import json
import re
import tomllib
from pathlib import PurePosixPath

import pytest

from talelio_backend.bootstrap import VERSION
from tests.architecture.source import ROOT
from tests.deployment_files import yaml
from tests.image_tree import Instruction, context, copied, reaches_the_builder, stages

LAST = stages()[-1]
COPIES = [
    part for stage in stages() for part in stage
    if part.keyword == 'COPY' and '--from=' not in part.text
]


def only(keyword: str) -> Instruction:
    (found, ) = [part for part in LAST if part.keyword == keyword]
    return found


def bases() -> list[str]:
    return [stage[0].words[0] for stage in stages()]


def test_every_base_has_a_full_version_and_one_debian_release() -> None:
    for base in bases():
        assert re.fullmatch(r'[a-z]+:\d+\.\d+(\.\d+)?-(slim-)?trixie', base), base


def test_python_is_that_of_the_project() -> None:
    version = (ROOT / '.python-version').read_text(encoding='ascii').strip()
    pythons = {base for base in bases() if base.startswith('python:')}
    assert len(pythons) == 1
    assert pythons.pop().startswith(f'python:{version}.')
    project = tomllib.loads((ROOT / 'pyproject.toml').read_text(encoding='utf-8'))
    assert project['project']['requires-python'] == f'>={version}'


def test_client_tools_are_of_the_version_of_the_server() -> None:
    (client, ) = [base for base in bases() if base.startswith('postgres:')]
    assert client == yaml('compose.yaml')['services']['postgres']['image']
    major = client.removeprefix('postgres:').partition('.')[0]
    (collect, ) = [
        part for stage in stages() for part in stage
        if part.keyword == 'RUN' and 'collect_programs' in part.text
    ]
    assert collect.words[2:] == [
        f'/usr/lib/postgresql/{major}/bin/{name}' for name in ('pg_dump', 'pg_restore', 'psql')
    ]


def test_packages_come_by_hash_and_without_a_compiler() -> None:
    (install, ) = [
        part.text for stage in stages() for part in stage
        if part.keyword == 'RUN' and 'pip install' in part.text
    ]
    assert '--require-hashes -r requirements.txt' in install
    assert '--only-binary :all:' in install
    assert not [
        part for stage in stages()
        for part in stage if re.search(r'\b(apt-get|gcc|pipenv|npm)\b', part.text)
    ]


def test_nothing_comes_from_an_address() -> None:
    assert not [
        part for stage in stages() for part in stage
        if part.keyword == 'ADD' or re.search(r'https?://(?!127\.0\.0\.1)', part.text)
    ]


def test_image_runs_as_an_ordinary_user_in_production() -> None:
    assert only('USER').text == '10001:10001'
    assert LAST.index(only('USER')) > max(
        LAST.index(part) for part in LAST if part.keyword in ('COPY', 'RUN'))
    assert 'TALELIO_ENV=production' in only('ENV').words
    assert only('EXPOSE').text == '8000'
    assert only('STOPSIGNAL').text == 'SIGTERM'


def test_everything_that_runs_is_in_exec_form() -> None:
    assert only('ENTRYPOINT').words == ['python', '-m', 'talelio_backend']
    assert only('CMD').words == ['serve']
    assert only('ENTRYPOINT').is_exec_form and only('CMD').is_exec_form
    command = only('HEALTHCHECK').text.partition('CMD ')[2]
    program = json.loads(command)
    assert program[:2] == ['python', '-c']
    compile(program[2], 'HEALTHCHECK', 'exec')
    assert '/livez' in program[2]


def test_only_version_and_revision_are_asked_for_and_both_are_labels() -> None:
    arguments = [
        part.text.partition('=')[0] for stage in stages() for part in stage
        if part.keyword == 'ARG'
    ]
    assert arguments == ['VERSION', 'REVISION']
    labels = only('LABEL').text
    assert 'org.opencontainers.image.version="$VERSION"' in labels
    assert 'org.opencontainers.image.revision="$REVISION"' in labels


def test_label_and_code_have_one_version() -> None:
    (version, ) = [part.text for part in LAST if part.text.startswith('VERSION=')]
    project = tomllib.loads((ROOT / 'pyproject.toml').read_text(encoding='utf-8'))
    assert version == f"VERSION={VERSION}" == f"VERSION={project['project']['version']}"


@pytest.mark.parametrize('path', [
    '.git/config', '.env', 'secrets/secret_key', '.data/secret_key', '.venv/bin/python',
    'tests/conftest.py', 'Pipfile', 'compose.yaml', '.aws/talelio-redis-task-definition.json',
    'talelio_backend/development/postgres.py', 'talelio_backend/__pycache__/cli.cpython-311.pyc',
    'migrations/versions/__pycache__/one.pyc', 'scripts/bootstrap_env.py', 'docs/architecture.md'
])
def test_what_the_image_has_no_use_for_stays_out(path: str) -> None:
    assert not reaches_the_builder(PurePosixPath(path))


@pytest.mark.parametrize('path', [
    'requirements.txt', 'alembic.ini', 'migrations/env.py', 'talelio_backend/cli.py',
    'talelio_backend/shared/data/schema.py', 'scripts/collect_programs.sh'
])
def test_what_the_image_runs_reaches_the_builder(path: str) -> None:
    assert reaches_the_builder(PurePosixPath(path))


def test_nothing_reaches_the_builder_that_is_not_copied() -> None:
    sources = {PurePosixPath(source) for part in COPIES for source in copied(part)[0]}
    assert not [file for file in context() if not {file, *file.parents} & sources]


def test_every_source_of_a_copy_is_there() -> None:
    files = {place for file in context() for place in (file, *file.parents)}
    for part in COPIES:
        for source in copied(part)[0]:
            assert PurePosixPath(source) in files, source
