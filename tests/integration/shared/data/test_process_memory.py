"""What a process that serves takes, measured in a process of its own."""

import subprocess
import sys

import pytest

from talelio_backend.settings import Settings

PASSWORD_BYTES = 19 * 1024 * 1024
HASHING = '''
import threading
from pathlib import Path
from talelio_backend.app_account.data.argon2_hasher import Argon2Hasher
from talelio_backend.shared.data.machine import share_one_heap

def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

share_one_heap()
hasher = Argon2Hasher(at_once=2)
hasher.hash("correct horse")
before = resident()
threads = [threading.Thread(target=hasher.hash, args=("correct horse",)) for _ in range(8)]
for _ in range(2):
    hasher.hash("correct horse")
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(resident() - before)
'''
LOADING = '''
import os
import sys
from talelio_backend.bootstrap import AREAS, build
from talelio_backend.settings import Settings

house = build(Settings.load(os.environ, known_areas=AREAS))
for _ in range(2):
    print(*[name in sys.modules
            for name in ("botocore.client", "ua_parser_builtins", "zxcvbn.frequency_lists")])
    house.preload()
'''


def answer_of(program: str, **environ: str) -> str:
    return subprocess.run([sys.executable, '-c', program],
                          check=True,
                          capture_output=True,
                          text=True,
                          env=environ).stdout


@pytest.mark.skipif(sys.platform != 'linux', reason='reads /proc')
def test_every_thread_that_hashed_a_password_keeps_nothing_for_itself() -> None:
    # Of two at once, not of eight one after the other.
    assert int(answer_of(HASHING)) < 3 * PASSWORD_BYTES


def test_what_each_worker_would_load_is_loaded_before_them(settings: Settings) -> None:
    seen = answer_of(LOADING,
                     TALELIO_ENV='test',
                     SECRET_KEY=settings.secret_key,
                     DATABASE_URL=settings.database_url,
                     REDIS_URL=settings.redis_url,
                     S3_BUCKET=settings.s3_bucket)
    assert seen.splitlines() == ['False False False', 'True True True']
