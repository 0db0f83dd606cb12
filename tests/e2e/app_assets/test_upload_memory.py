"""What the largest request takes of the memory of the process that serves it."""

import io
import random
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from PIL import Image as pillow

from tests.e2e.conftest import Product, sign_up

IMAGES = '/v1/assets/images'
LARGEST = 2_097_152
SIDE = 825  # of a picture of noise, which nothing makes smaller


def noise(seed: int) -> bytes:
    stream = io.BytesIO()
    pixels = random.Random(seed).randbytes(3 * SIDE * SIDE)
    pillow.frombytes('RGB', (SIDE, SIDE), pixels).save(stream, 'PNG', compress_level=1)
    assert 0.95 * LARGEST < len(stream.getvalue()) <= LARGEST
    return stream.getvalue()


def memory(pid: str, name: str) -> int:
    """Bytes, as the kernel names them for a process."""
    lines = Path(f'/proc/{pid}/status').read_text(encoding='ascii').splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(name))


def taken(product: Product, act: Callable[[], None]) -> int:
    """What the worker that serves ``act`` takes at its worst, beyond what it has anyway."""
    children = Path(f'/proc/{product.web.pid}/task/{product.web.pid}/children')
    workers = children.read_text(encoding='ascii').split()
    before = {}
    for pid in workers:
        Path(f'/proc/{pid}/clear_refs').write_text('5', encoding='ascii')  # forgets the peak
        before[pid] = memory(pid, 'VmRSS')
    act()
    return max(memory(pid, 'VmHWM') - before[pid] for pid in workers)


@pytest.mark.skipif(sys.platform != 'linux', reason='reads /proc')
def test_ten_files_take_the_memory_of_a_few(product: Product, client: httpx.Client) -> None:
    headers = sign_up(product, client, 'mary')

    def upload(*contents: bytes) -> None:
        files = [('file', (f'{number}.png', content)) for number, content in enumerate(contents)]
        answer = client.post(IMAGES, headers=headers, files=files)
        assert answer.status_code == 201, answer.text

    pictures = [noise(seed) for seed in range(21)]
    upload(pictures.pop())  # libraries load at first use
    # A thread that serves for the first time makes itself a heap; the other time tells.
    least = min(taken(product, lambda: upload(*pictures[:10])),
                taken(product, lambda: upload(*pictures[10:])))
    assert least < 5 * LARGEST
