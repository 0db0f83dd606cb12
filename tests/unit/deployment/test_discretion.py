"""What stands in no deployment file: accounts, secrets, real hosts, people."""

import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, committed

PLACES = ('.aws/', '.github/', 'deploy/', 'traefik/', 'docs/deployment/', 'docs/runbooks/',
          'scripts/', 'Dockerfile', '.dockerignore', 'compose.yaml', 'codecov.yml')
FILES = [file for file in committed() if file.relative_to(ROOT).as_posix().startswith(PLACES)]
# Ours to name: documentation's own domains, this machine, the certificate authority's trial, and
# who signs for a workflow.
HOSTS = re.compile(
    r'([\w-]+\.)*(example\.(org|com)|localhost(\.localdomain)?|127\.0\.0\.1)'
    r'|acme-staging-v02\.api\.letsencrypt\.org|token\.actions\.githubusercontent\.com'
    r'|(?![\w-]+\.).*')
SECRETS = {
    'an account number': r'(?<![\w.])\d{12}(?![\w.])',
    'an access key': r'\b(AKIA|ASIA)[A-Z0-9]{16}\b',
    'a private key': r'BEGIN [A-Z ]*PRIVATE KEY|AGE-SECRET-KEY-1',
    'a token': r'\b(gh[pousr]_|github_pat_|eyJ)[A-Za-z0-9_]{16,}',
    'a password in a URL': r'://[^\s:/@]*:(?!\$|%s|\{|<|password@)[^\s:/@…<]+@',
}


def text_of(file: Path) -> str:
    return file.read_text(encoding='utf-8')


@pytest.mark.parametrize('file', FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_file_holds_nothing_that_is_somebody_s(file: Path) -> None:
    text = text_of(file)
    for what, pattern in SECRETS.items():
        assert not re.search(pattern, text), what
    hosts = re.findall(r'https?://([\w.-]+)', text)
    assert not [host for host in hosts if not HOSTS.fullmatch(host)]
    mails = re.findall(r'\b[\w.+-]+@([\w-]+\.[\w.-]*[a-z])\b', text)
    assert not [host for host in mails if not HOSTS.fullmatch(host)]


@pytest.mark.parametrize('file', FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_image_is_never_the_latest(file: Path) -> None:
    assert not re.search(r'[\w/}-]:latest\b', text_of(file))
