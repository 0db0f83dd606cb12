"""check_task_definitions.py FILE...: ECS task definitions against botocore's own description of
`RegisterTaskDefinition`. A key that there is not, a wrong type, a value that is none of those
listed and a family that is not the file's name are faults, a line each; exit 1 with any.
"""
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from botocore.session import Session
from botocore.validate import ParamValidator

SUFFIX = '-task-definition.json'


def faults(file: Path) -> Iterator[str]:
    try:
        definition = json.loads(file.read_text(encoding='utf-8'))
    except ValueError as error:
        yield str(error)
        return
    shape = _shape()
    report = ParamValidator().validate(definition, shape)
    if report.has_errors():
        yield from report.generate_report().splitlines()
        return
    yield from _unlisted(definition, shape, '')
    if definition['family'] + SUFFIX != file.name:
        yield f'family: {definition["family"]} in {file.name}'


def _shape() -> Shape:
    shape = Session().get_service_model('ecs').operation_model(
        'RegisterTaskDefinition').input_shape
    assert shape is not None
    return shape


def _unlisted(value: Any, shape: Shape, where: str) -> Iterator[str]:
    """Strings that are none of an enumeration's values; botocore leaves these to the service."""
    if isinstance(shape, StructureShape):
        for name, inner in value.items():
            yield from _unlisted(inner, shape.members[name], f'{where}.{name}')
    elif isinstance(shape, ListShape):
        for number, inner in enumerate(value):
            yield from _unlisted(inner, shape.member, f'{where}[{number}]')
    elif isinstance(shape, MapShape):
        for name, inner in value.items():
            yield from _unlisted(inner, shape.value, f'{where}.{name}')
    elif isinstance(shape, StringShape) and shape.enum and value not in shape.enum:
        yield f'{where}: {value} is none of {", ".join(shape.enum)}'


def main(names: list[str]) -> None:
    found = [f'{name}: {fault}' for name in names for fault in faults(Path(name))]
    if found:
        sys.exit('\n'.join(found))


if __name__ == '__main__':
    main(sys.argv[1:])
