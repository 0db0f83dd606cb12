"""The image as far as it can be made without a container engine: the Dockerfile's instructions,
what .dockerignore lets in, and the tree that the last stage copies together."""

import json
import re
import shlex
import shutil
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePosixPath

from tests.architecture.source import ROOT, committed

DOCKERFILE = ROOT / 'Dockerfile'


@dataclass(frozen=True)
class Instruction:
    keyword: str
    text: str

    @property
    def words(self) -> list[str]:
        """The words of a list in exec form, or of a line for the shell."""
        if self.text.startswith('['):
            return [str(word) for word in json.loads(self.text)]
        return shlex.split(self.text)

    @property
    def is_exec_form(self) -> bool:
        return self.text.startswith('[')


def instructions(file: Path = DOCKERFILE) -> list[Instruction]:
    lines = [
        line for line in file.read_text(encoding='utf-8').splitlines()
        if not line.lstrip().startswith('#')
    ]
    whole = re.sub(r'\\\n\s*', '', '\n'.join(lines))
    parts = [line.split(maxsplit=1) for line in whole.splitlines() if line.strip()]
    return [Instruction(keyword.upper(), text) for keyword, text in parts]


def stages(file: Path = DOCKERFILE) -> list[list[Instruction]]:
    """Each begins with its FROM."""
    found: list[list[Instruction]] = []
    for instruction in instructions(file):
        if instruction.keyword == 'FROM':
            found.append([])
        found[-1].append(instruction)
    return found


@cache
def _rules() -> list[tuple[str, bool]]:
    text = (ROOT / '.dockerignore').read_text(encoding='utf-8')
    lines = [line.strip() for line in text.splitlines()]
    return [(line.removeprefix('!').rstrip('/'), line.startswith('!')) for line in lines
            if line and not line.startswith('#')]


def reaches_the_builder(path: PurePosixPath) -> bool:
    """As Docker reads .dockerignore: a rule for a folder holds for what is in it, and the last
    rule that matches decides."""
    lets_in = True
    for pattern, exception in _rules():
        if any(_matches(place, pattern) for place in (path, *path.parents)):
            lets_in = exception
    return lets_in


def _matches(path: PurePosixPath, pattern: str) -> bool:
    anywhere = pattern.startswith('**/')
    wanted = pattern.removeprefix('**/').split('/')
    parts = path.parts[-len(wanted):] if anywhere else path.parts
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


def context() -> list[PurePosixPath]:
    """The files of the project that the builder gets."""
    files = [PurePosixPath(file.relative_to(ROOT).as_posix()) for file in committed()]
    return [file for file in files if reaches_the_builder(file)]


def copied(instruction: Instruction) -> tuple[list[str], str]:
    """Sources and destination of a COPY."""
    *sources, destination = [word for word in instruction.words if not word.startswith('--')]
    return sources, destination


def build_tree(folder: Path, *, revision: str) -> None:
    """What the last stage has in its WORKDIR."""
    folder.mkdir()
    for instruction in stages()[-1]:
        if instruction.keyword != 'COPY' or '--from=' in instruction.text:
            continue
        sources, destination = copied(instruction)
        for source in sources:
            _copy(PurePosixPath(source), folder / destination)
    (folder / 'REVISION').write_text(f'{revision}\n', encoding='ascii')


def _copy(source: PurePosixPath, destination: Path) -> None:
    for file in context():
        if file == source:
            target = destination / file.name if destination.is_dir() else destination
        elif source in file.parents:
            target = destination / file.relative_to(source)
        else:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, target)
