"""render_task_definition.py FILE: an ECS task definition of `.aws/` with its ${NAMES} filled from
the environment, on the standard output, as `aws ecs register-task-definition` takes it. Standard
library only.

A name that the environment lacks, or has empty, refuses; all of them are told at once. One that
may be empty is written ${NAME:-}.
"""
import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# $NAME without braces is the business of a container's shell.
_NAME = re.compile(r'\$\{([A-Z][A-Z0-9_]*)(:-)?\}')


class Missing(Exception):
    """The names that nothing was given for."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(', '.join(names))
        self.names = names


def names_in(text: str) -> list[str]:
    """What a definition has to be given, sorted."""
    return sorted({name for name, optional in _NAME.findall(text) if not optional})


def render(text: str, values: Mapping[str, str]) -> dict[str, Any]:
    """Raises Missing, and ValueError for a text that is no JSON."""
    missing = [name for name in names_in(text) if not values.get(name)]
    if missing:
        raise Missing(missing)
    # A value stands inside a string: whatever JSON would read in it is escaped.
    filled = _NAME.sub(lambda match: json.dumps(values.get(match[1], ''))[1:-1], text)
    rendered: dict[str, Any] = json.loads(filled)
    return rendered


def main(arguments: list[str]) -> None:
    if len(arguments) != 1:
        sys.exit('usage: render_task_definition.py FILE')
    try:
        text = Path(arguments[0]).read_text(encoding='utf-8')
        print(json.dumps(render(text, os.environ), indent=2))
    except Missing as error:
        sys.exit(f'{arguments[0]}: not given: {error}')
    except (OSError, ValueError) as error:
        sys.exit(f'{arguments[0]}: {error}')


if __name__ == '__main__':
    main(sys.argv[1:])
