"""A machine as cron finds it: the tools that the script may use and nothing else on its path."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from sqlalchemy import make_url

from talelio_backend.development.binaries import postgres_bin_dir
from tests.conftest import Servers

SCRIPT = Path(__file__).parents[3] / 'scripts' / 'backup_postgres_db.sh'
COMMON = ('awk', 'cat', 'chmod', 'cut', 'date', 'dirname', 'grep', 'mkdir', 'mkfifo', 'mv', 'rm',
          'rmdir', 'sed', 'sha256sum', 'sleep', 'tee', 'tr', 'wc')
CONTAINER = 'ecs-talelio-postgresql-3-postgres-f00d'

# Each says how it was called, then gives a test the chance to be it.
RECORD = '''#!/bin/sh
called="${{0##*/}}$(printf ' <%s>' "$@")"
printf '%s\n' "$called" >>{calls}  # in one piece: others write at the same time
[ ! -e {home}/hooks/${{0##*/}} ] || . {home}/hooks/${{0##*/}}
'''
AWS = 'exec {aws} "$@"\n'
CLIENT = 'exec {pg_bin}/${{0##*/}} "$@"\n'
DOCKER = '''
if [ "$1" = ps ]; then cat {home}/containers; exit; fi
[ "$1" = exec ] && [ "$2" = -i ] || exit 64
grep -qx "$3" {home}/containers || {{ echo "Error: No such container: $3" >&2; exit 1; }}
shift 3
PGHOST={host} PGPORT={port} PGPASSWORD={password} PATH={home}/inside:$PATH exec "$@"
'''
AGE = '''#!{python}
import sys
import pyrage
recipients = [word for word in sys.argv[2:] if word != '--recipient']
assert sys.argv[1] == '--encrypt', sys.argv
known = [pyrage.x25519.Recipient.from_str(word) for word in recipients]
pyrage.encrypt_io(sys.stdin.buffer, sys.stdout.buffer, known)
'''


@dataclass(kw_only=True)
class CronHost:
    """``hook`` puts shell text before what a program does, within a test."""

    home: Path
    servers: Servers
    database_url: str
    bucket: str
    folder: str
    aws: Path
    variables: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        for folder in ('bin', 'inside', 'hooks'):
            (self.home / folder).mkdir()
        (self.home / 'containers').write_text(f'{CONTAINER}\n', encoding='ascii')
        for tool in COMMON:
            found = shutil.which(tool, path=os.defpath)
            assert found is not None, tool
            (self.home / 'bin' / tool).symlink_to(found)
        self.install('aws', RECORD + AWS)
        self.install('docker', RECORD + DOCKER)
        for tool in ('psql', 'pg_dump'):
            self.install(tool, RECORD + CLIENT, 'inside')
        url = make_url(self.database_url)
        self.variables = {
            'POSTGRES_USER': url.username or '',
            'POSTGRES_DB': url.database or '',
            'S3_URI': f's3://{self.bucket}/{self.folder}',
            'S3_BUCKET': self.bucket,
            'S3_BUCKET_BACKUP_DIR': self.folder,
            'BACKUP_LOCK_DIR': str(self.lock),
            'AWS_ENDPOINT_URL': self.servers.s3_url,
            'AWS_DEFAULT_REGION': 'us-east-1',
            'AWS_ACCESS_KEY_ID': self.servers.s3_access_key,
            'AWS_SECRET_ACCESS_KEY': self.servers.s3_secret_key,
            'AWS_REQUEST_CHECKSUM_CALCULATION': 'when_required',
            'AWS_RESPONSE_CHECKSUM_VALIDATION': 'when_required',
            'AWS_CONFIG_FILE': os.devnull,
            'AWS_MAX_ATTEMPTS': '1',
        }

    @property
    def lock(self) -> Path:
        return self.home / 'lock'

    @property
    def password(self) -> str:
        return str(make_url(self.database_url).password)

    def install(self, name: str, text: str, folder: str = 'bin') -> None:
        url = make_url(self.database_url)
        file = self.home / folder / name
        file.write_text(text.format(home=self.home,
                                    calls=self.home / 'calls',
                                    aws=self.aws,
                                    python=sys.executable,
                                    pg_bin=postgres_bin_dir(),
                                    host=url.host,
                                    port=url.port,
                                    password=self.password),
                        encoding='utf-8')
        file.chmod(0o755)

    def hook(self, program: str, text: str) -> None:
        with (self.home / 'hooks' / program).open('a', encoding='utf-8') as file:
            file.write(text)

    def find_names_free(self) -> None:
        """For a run that never gets to its end: spares it two calls of the real program."""
        self.hook('aws', 'case "$*" in *head-object*) echo "(404)" >&2; exit 254 ;; esac\n')

    def start(self, *shell: str, **changed: str | None) -> subprocess.Popen[str]:
        """The script, as cron starts it; None unsets a variable."""
        environment: dict[str, str | None] = {
            'PATH': str(self.home / 'bin'),
            'HOME': str(self.home)
        }
        environment |= self.variables | changed
        return subprocess.Popen([*(shell or ('/bin/sh', )), str(SCRIPT)],
                                env={
                                    name: value
                                    for name, value in environment.items() if value is not None
                                },
                                stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE,
                                text=True,
                                start_new_session=True)

    def run(self, *shell: str, **changed: str | None) -> subprocess.CompletedProcess[str]:
        with self.start(*shell, **changed) as process:
            output, errors = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def calls(self, program: str = '') -> list[str]:
        """The command lines so far, each argument in angle brackets."""
        try:
            lines = (self.home / 'calls').read_text(encoding='utf-8').splitlines()
        except FileNotFoundError:
            return []
        return [line for line in lines if line.startswith(program)]

    @cached_property
    def s3(self) -> Any:
        return boto3.client('s3',
                            endpoint_url=self.servers.s3_url,
                            region_name='us-east-1',
                            aws_access_key_id=self.servers.s3_access_key,
                            aws_secret_access_key=self.servers.s3_secret_key,
                            config=Config(request_checksum_calculation='when_required',
                                          response_checksum_validation='when_required'))

    def objects(self) -> list[str]:
        """The files in the folder of backups."""
        found = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=f'{self.folder}/')
        return sorted(one['Key'].removeprefix(f'{self.folder}/')
                      for one in found.get('Contents', ()))

    def stored(self, file: str) -> bytes:
        answer = self.s3.get_object(Bucket=self.bucket, Key=f'{self.folder}/{file}')
        content = answer['Body'].read()
        assert isinstance(content, bytes)
        return content
