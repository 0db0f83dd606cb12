"""The deployment files as their programs read them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.architecture.source import ROOT

TASKS = sorted((ROOT / '.aws').glob('*-task-definition.json'))
WORKFLOWS = sorted((ROOT / '.github' / 'workflows').glob('*.yml'))


@cache
def yaml(name: str) -> dict[str, Any]:
    """By YAML 1.2, in which `on` is a word."""
    loaded: dict[str, Any] = YAML(typ='safe').load((ROOT / name).read_text(encoding='utf-8'))
    return loaded


@cache
def task(family: str) -> dict[str, Any]:
    file = ROOT / '.aws' / f'{family}-task-definition.json'
    loaded: dict[str, Any] = json.loads(file.read_text(encoding='utf-8'))
    return loaded


def family_of(file: Path) -> str:
    return file.name.removesuffix('-task-definition.json')


def container(family: str, name: str | None = None) -> dict[str, Any]:
    """The one of this name, or the essential one."""
    parts = task(family)['containerDefinitions']
    found: dict[str, Any] = next(part for part in parts
                                 if (part['name'] == name if name else part['essential']))
    return found


def mebibytes(size: str) -> int:
    assert size.endswith('m'), size
    return int(size.removesuffix('m'))
