"""What the biggest pictures cost, measured in a process of their own."""
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.picture_files import with_orientation

LIMIT = 40_000_000 * 4 + 64 * 1024 * 1024
PROGRAM = '''
import sys
from pathlib import Path
from talelio_backend.shared.data.image_pipeline import PillowImagePipeline

def kilobytes(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))

pipeline = PillowImagePipeline()
pipeline.normalize(Path(sys.argv[1]).read_bytes())
content = Path(sys.argv[2]).read_bytes()
Path("/proc/self/clear_refs").write_text("5")  # forgets the peak
before = kilobytes("VmRSS")
made = pipeline.normalize(content)
print(made.width * made.height, 1024 * (kilobytes("VmHWM") - before))
'''

pytestmark = pytest.mark.skipif(sys.platform != 'linux', reason='reads /proc')


@pytest.mark.parametrize(('kind', 'mode', 'turn'), [('JPEG', 'RGB', 1), ('JPEG', 'RGB', 6),
                                                    ('JPEG', 'CMYK', 3), ('PNG', 'RGBA', 1),
                                                    ('GIF', 'P', 1)])  # yapf: disable
def test_upload_of_forty_million_pixels_stays_within_its_memory(tmp_path: Path, kind: str,
                                                                mode: str, turn: int) -> None:
    picture = Image.linear_gradient('L').convert(mode).resize((8_000, 5_000))
    assert peak(tmp_path, picture, kind, turn) < LIMIT


@pytest.mark.parametrize(('kind', 'options', 'bytes_of_a_pixel'), [
    ('JPEG', {'progressive': True, 'subsampling': 0}, 10),
    ('WEBP', {'method': 0}, 12),
    ('WEBP', {'method': 0, 'lossless': True, 'quality': 0}, 17)])  # yapf: disable
def test_library_that_takes_more_takes_what_is_reckoned_with(tmp_path: Path, kind: str,
                                                             options: dict[str, Any],
                                                             bytes_of_a_pixel: int) -> None:
    picture = Image.linear_gradient('L').quantize(16).convert('RGB').resize((8_000, 5_000))
    taken = peak(tmp_path, picture, kind, 1, **options)
    assert taken < 1.05 * bytes_of_a_pixel * 40_000_000


def peak(tmp_path: Path, picture: Image.Image, kind: str, turn: int, **options: Any) -> int:
    """The bytes that a process takes at its worst to make it safe, beyond what it has anyway."""
    small, big = tmp_path / 'small', tmp_path / 'big'
    small.write_bytes(with_orientation(Image.new(picture.mode, (8, 8)), kind, 1, **options))
    big.write_bytes(with_orientation(picture, kind, turn, **options))
    answer = subprocess.run([sys.executable, '-c', PROGRAM, small, big],
                            check=True,
                            capture_output=True,
                            text=True)
    pixels, taken = map(int, answer.stdout.split())
    assert pixels == 40_000_000
    return taken
