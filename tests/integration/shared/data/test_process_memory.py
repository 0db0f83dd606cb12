"""What a process that serves takes, measured in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from talelio_backend.settings import Settings

ONE_PASSWORD = 19 * 1024 * 1024
EIGHT_THREADS = '''
import sys
import threading
from pathlib import Path
from talelio_backend.app_account.data.argon2_hasher import Argon2Hasher
from talelio_backend.shared.data.image_pipeline import PillowImagePipeline
from talelio_backend.shared.data.machine import share_one_heap

def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

share_one_heap()
if sys.argv[1:]:
    work, matter = PillowImagePipeline().normalize, Path(sys.argv[1]).read_bytes()
    for _ in range(3):
        work(matter)  # loads Pillow, and takes what the heap keeps for the next picture
else:
    work, matter = Argon2Hasher(at_once=2).hash, "correct horse"
before = resident()
turn, end = threading.Lock(), threading.Barrier(8)

def serve():
    with turn:
        work(matter)
    end.wait()

threads = [threading.Thread(target=serve) for _ in range(8)]
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

on_linux = pytest.mark.skipif(sys.platform != 'linux', reason='reads /proc')


def answer_of(program: str, *arguments: str, **environ: str) -> str:
    return subprocess.run([sys.executable, '-c', program, *arguments],
                          check=True,
                          capture_output=True,
                          text=True,
                          env=environ).stdout


@on_linux
def test_a_hashed_password_leaves_nothing_behind() -> None:
    assert int(answer_of(EIGHT_THREADS)) < ONE_PASSWORD / 2


@on_linux
def test_every_thread_that_drew_a_picture_keeps_nothing_for_itself(tmp_path: Path) -> None:
    """74 MiB altogether, where each has a heap of its own."""
    picture = Image.effect_noise((1500, 1000), 60).convert('RGB')
    picture.save(tmp_path / 'heron.jpg')
    pixels = 3 * 1500 * 1000

    assert int(answer_of(EIGHT_THREADS, str(tmp_path / 'heron.jpg'))) < 4 * pixels


def test_what_each_worker_would_load_is_loaded_before_them(settings: Settings) -> None:
    seen = answer_of(LOADING,
                     TALELIO_ENV='test',
                     SECRET_KEY=settings.secret_key,
                     DATABASE_URL=settings.database_url,
                     REDIS_URL=settings.redis_url,
                     S3_BUCKET=settings.s3_bucket)
    assert seen.splitlines() == ['False False False', 'True True True']
