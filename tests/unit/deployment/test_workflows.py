"""The workflows: who may what, what waits for what, and where actions come from."""

import re
from typing import Any

import pytest

from scripts.render_task_definition import names_in
from tests.architecture.source import ROOT
from tests.deployment_files import WORKFLOWS, yaml

CI = yaml('.github/workflows/ci.yml')
CD = yaml('.github/workflows/cd.yml')
TEXTS = {file.name: file.read_text(encoding='utf-8') for file in WORKFLOWS}
DELIVER: dict[str, Any] = CD['jobs']['deliver']
STEPS: list[dict[str, Any]] = DELIVER['steps']


def number_of(part: str) -> int:
    """The place of the one step that runs or uses this."""
    (found, ) = [
        number for number, step in enumerate(STEPS)
        if part in step.get('run', '') + step.get('uses', '')
    ]
    return found


@pytest.mark.parametrize('name', sorted(TEXTS))
def test_actions_come_by_release_tag(name: str) -> None:
    used = re.findall(r'uses: (\S+)', TEXTS[name])
    assert used
    for action in used:
        assert action.startswith('./') or re.fullmatch(r'[\w/-]+@v\d+\.\d+\.\d+', action), action


def test_checks_run_for_every_pull_request_and_before_every_delivery() -> None:
    assert CI['on']['pull_request'] == {'branches': ['develop', 'main']}
    assert 'workflow_call' in CI['on']
    assert CD['on'] == {'push': {'branches': ['main']}}
    assert CD['jobs']['checks']['uses'] == './.github/workflows/ci.yml'
    assert DELIVER['needs'] == 'checks'


def test_targets_are_those_of_the_makefile() -> None:
    commands = [step['run'] for step in CI['jobs']['check-and-test']['steps'] if 'run' in step]
    assert commands == ['make check', 'make test']
    makefile = (ROOT / 'Makefile').read_text(encoding='utf-8')
    for command in commands:
        assert re.search(rf'^{command.removeprefix("make ")}:', makefile, re.MULTILINE)


def test_checks_may_read_and_a_delivery_may_ask_for_its_role() -> None:
    assert CI['permissions'] == CD['permissions'] == {'contents': 'read'}
    assert CD['jobs']['checks']['permissions'] == {'contents': 'read'}
    assert DELIVER['permissions'] == {'contents': 'read', 'id-token': 'write'}
    assert DELIVER['environment']['name'] == 'production'
    assert not [job for job in CI['jobs'].values() if 'permissions' in job or 'environment' in job]


def test_forks_get_no_secret() -> None:
    assert 'pull_request_target' not in TEXTS['ci.yml']
    assert set(re.findall(r'secrets\.(\w+)', TEXTS['ci.yml'])) == {'CODECOV_TOKEN'}


def test_there_is_no_long_lived_key() -> None:
    for text in TEXTS.values():
        assert not re.search(r'AWS_(ACCESS_KEY|SECRET)', text)
    assert set(re.findall(r'secrets\.(\w+)',
                          TEXTS['cd.yml'])) == {'CODECOV_TOKEN', 'PROBE_EMAIL', 'PROBE_PASSWORD'}


def test_one_delivery_at_a_time_and_each_to_its_end() -> None:
    assert CD['concurrency'] == {'group': 'cd-production', 'cancel-in-progress': False}
    assert CI['concurrency']['cancel-in-progress'] == "${{ github.event_name == 'pull_request' }}"
    assert CI['concurrency']['group'] != CD['concurrency']['group']


def test_image_of_a_pull_request_is_pushed_nowhere() -> None:
    (build, ) = [
        step for step in CI['jobs']['image']['steps']
        if 'build-push-action' in step.get('uses', '')
    ]
    assert build['with']['push'] is False
    assert not [step for step in CI['jobs']['image']['steps'] if 'login' in step.get('uses', '')]


def test_image_is_built_once_scanned_and_known_by_its_digest() -> None:
    build = STEPS[number_of('build-push-action')]
    assert build['with']['push'] is True
    assert build['with']['tags'].endswith(':${{ github.sha }}')
    assert build['with']['build-args'] == 'REVISION=${{ github.sha }}'
    assert build['if'] == "steps.pushed.outputs.digest == ''"
    order = ['amazon-ecr-login', 'build-push-action', 'REPOSITORY@$DIGEST', 'scan_image.sh',
             'deliver.sh', 'smoke_test.py', 'GITHUB_STEP_SUMMARY']  # yapf: disable
    numbers = [number_of(part) for part in order]
    assert numbers == sorted(numbers)


def test_delivery_gives_every_name_that_the_definitions_want() -> None:
    wanted = {
        name
        for family in ('api', 'worker', 'migrate')
        for name in names_in((ROOT /
                              f'.aws/talelio-backend-{family}-task-definition.json').read_text(
                                  encoding='utf-8'))
    }
    given = set(STEPS[number_of('deliver.sh')]['env'])
    # The action that takes the role says where it is.
    assert wanted == given | {'AWS_REGION'}


def test_every_variable_and_secret_is_documented() -> None:
    page = (ROOT / 'docs' / 'ci-cd.md').read_text(encoding='utf-8')
    for name in re.findall(r'(?:vars|secrets)\.(\w+)', ''.join(TEXTS.values())):
        assert f'`{name}`' in page, name


def test_coverage_never_fails_the_run() -> None:
    (upload, ) = [
        step for step in CI['jobs']['check-and-test']['steps']
        if 'codecov' in step.get('uses', '')
    ]
    assert upload['continue-on-error'] is True
    assert upload['with']['fail_ci_if_error'] is False


def test_updates_are_proposed_monthly_and_grouped() -> None:
    updates = yaml('.github/dependabot.yml')['updates']
    kinds = {update['package-ecosystem'] for update in updates}
    assert kinds >= {'pip', 'docker', 'github-actions'}
    for update in updates:
        assert update['schedule']['interval'] == 'monthly'
        assert [group['patterns'] for group in update['groups'].values()] == [['*']]
        for folder in update.get('directories', [update.get('directory')]):
            assert (ROOT / folder.strip('/')).is_dir()
