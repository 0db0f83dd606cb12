"""scripts/create_role.sql, run by the real psql on the session's server."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from talelio_backend.development import binaries
from tests.conftest import Servers
from tests.shell import SCRIPTS, run


@pytest.fixture(name='role')
def _role(servers: Servers, worker_number: int) -> Iterator[str]:
    name = f'talelio_container_{worker_number}'
    yield name
    with psycopg.connect(servers.superuser_url, autocommit=True) as link:
        for kind in ('DATABASE', 'ROLE'):
            link.execute(
                sql.SQL('DROP {} IF EXISTS {}').format(sql.SQL(kind), sql.Identifier(name)))


def create_role(servers: Servers, name: str, folder: Path,
                **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs the shipped file as the image of the server does, for another role."""
    url = make_url(servers.superuser_url)
    text = (SCRIPTS / 'create_role.sql').read_text(encoding='utf-8')
    for kind in ('CREATE ROLE', 'CREATE DATABASE', 'OWNER'):
        assert f'{kind} talelio' in text
        text = text.replace(f'{kind} talelio', f'{kind} {name}')
    file = folder / 'create_role.sql'
    file.write_text(text.replace('/run/secrets', str(folder)), encoding='utf-8')
    return run(binaries.postgres_bin_dir() / 'psql',
               '-f',
               file,
               PGHOST=str(url.host),
               PGPORT=str(url.port),
               PGUSER=str(url.username),
               PGPASSWORD=str(url.password),
               PGDATABASE='postgres',
               **variables)


@pytest.mark.parametrize('variables', [{}, {'DATABASE_PASSWORD': "it's chosen"}],
                         ids=['file', 'variable'])  # yapf: disable
def test_application_gets_a_role_that_owns_its_database_and_rules_nothing(
        servers: Servers, role: str, tmp_path: Path, variables: dict[str, str]) -> None:
    (tmp_path / 'database_password').write_text('from the file', encoding='ascii')
    made = create_role(servers, role, tmp_path, **variables)
    assert made.returncode == 0, made.stderr
    password = variables.get('DATABASE_PASSWORD', 'from the file')
    assert password not in made.stdout + made.stderr
    url = make_url(servers.superuser_url)
    with psycopg.connect(host=url.host, port=url.port, user=role, password=password,
                         dbname=role) as link:
        link.execute('CREATE TABLE public.proof (id int)')
        row = link.execute('SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles '
                           'WHERE rolname = current_user').fetchone()
    assert row == (False, True, False)


def test_role_without_a_password_is_not_made(servers: Servers, role: str, tmp_path: Path) -> None:
    assert create_role(servers, role, tmp_path).returncode != 0
    with psycopg.connect(servers.superuser_url) as link:
        assert not link.execute('SELECT 1 FROM pg_roles WHERE rolname = %s', [role]).fetchone()
