"""The scripts of the project, run as a shell on another machine would run them."""

import os
import subprocess
from pathlib import Path

SCRIPTS = Path(__file__).parents[1] / 'scripts'


def run(*command: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """With these variables alone."""
    return subprocess.run(command,
                          env={'PATH': os.defpath} | variables,
                          capture_output=True,
                          text=True,
                          timeout=300,
                          check=False)


def make_secrets(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(SCRIPTS / 'make_secrets.sh', folder)
