import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
STAMP = ('import runpy; '
         'print(runpy.run_path("scripts/bootstrap_env.py")["_environment_stamp"](), end="")')
BENEATH = Path(os.path.realpath(sys.executable))


@pytest.mark.parametrize(
    'interpreter',
    [sys.executable, str(BENEATH), str(BENEATH.with_name('python3'))],
    ids=['of the environment', 'beneath it', 'as the shell says'])
def test_stamp_is_one_whatever_the_interpreter_is_called(interpreter: str) -> None:
    """Else `make` would build the environment anew within it, and again without."""
    answer = subprocess.run([interpreter, '-c', STAMP],
                            cwd=ROOT,
                            capture_output=True,
                            text=True,
                            check=True)
    assert str(BENEATH) in answer.stdout
