"""Writes the pages that are made from the code: settings, problem codes, tables.

    generate_docs.py [--check]

`--check` writes nothing and fails where a page differs from the code.
"""
import argparse
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from inspect import getdoc
from pathlib import Path
from typing import Any, get_args

_ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(_ROOT))

# pylint: disable=wrong-import-position  # the package is not installed, it stands beside us
from pydantic.fields import FieldInfo
from sqlalchemy import Column, Table, make_url

from talelio_backend.bootstrap import AREAS, table_metadata
from talelio_backend.settings import declared, fields, variable
from talelio_backend.shared.data.setting_defaults import REQUIRED
from talelio_backend.shared.data.setting_types import Told
from talelio_backend.shared.presentation import problems

# pylint: enable=wrong-import-position
_DIALECT = make_url('postgresql+psycopg2://').get_dialect()()
_MADE = '<!-- Made by scripts/generate_docs.py from the code; edits here are lost. -->\n\n'


def _default(value: Any) -> str:
    if value is REQUIRED:
        return 'required'
    if callable(value):
        text = (getdoc(value) or '').rstrip('.')
        return text[:1].lower() + text[1:]
    if value is None or value == ():
        return 'none'
    return f'`{value}`' if value != '' else 'empty'


def _meaning(name: str, field: FieldInfo) -> str:
    parts = [str(field.description)]
    choices = [str(choice) for choice in get_args(field.annotation) if isinstance(choice, str)]
    if choices:
        parts.append(', '.join(f'`{choice}`' for choice in choices))
    parts += [told.text for told in field.metadata if isinstance(told, Told)]
    if declared(name)['secret']:
        parts.append('**secret**')
    return '; '.join(parts)


def settings_page() -> str:
    lines = [
        '# Settings', '', 'Environment variables, read once at the start. An empty one counts as '
        'unset. A start with faulty settings lists every fault, without values, and exits with '
        '78. A *secret* may stand in a file instead: `<NAME>_FILE` names it. A variable that '
        'begins with `TALELIO_` and is unknown refuses in production and is a warning elsewhere. '
        '`make serve-api` sets what the embedded servers need.', '',
        '| variable | meaning | default | in production |', '| --- | --- | --- | --- |'
    ]
    for name, field in fields().items():
        told = declared(name)
        lines.append(f'| `{variable(name)}` | {_meaning(name, field)} '
                     f'| {_default(told["default"])} | {_default(told["production"])} |')
    return _MADE + '\n'.join(lines) + '\n'


def problems_page() -> str:
    for package in AREAS.values():
        import_module(f'{package}.area')
    lines = [
        '# Problems', '',
        'Every refusal is a problem document (RFC 9457) whose `code` is one of these.', '',
        '| code | status | meaning |', '| --- | --- | --- |'
    ]
    for code, error in problems.codes().items():
        lines.append(f'| `{code}` | {problems.status_of(error)} | {error.title} |')
    return _MADE + '\n'.join(lines) + '\n'


def _attribute(column: Column[Any]) -> str:
    kind = column.type.compile(_DIALECT).partition(' COLLATE')[0].lower()
    kind = '_'.join(re.findall(r'[a-z0-9]+', kind))
    keys = [
        mark for mark, holds in (('PK', column.primary_key), ('FK', column.foreign_keys)) if holds
    ]
    return f'    {kind} {column.name} {", ".join(keys)}'.rstrip()


def _relations(table: Table) -> Iterator[str]:
    for key in sorted(table.foreign_key_constraints, key=lambda key: sorted(key.column_keys)):
        columns = ' '.join(sorted(key.column_keys))
        optional = 'o' if any(column.nullable for column in key.columns) else '|'
        yield f'  {key.referred_table.name} |{optional}--o{{ {table.name} : "{columns}"'


def tables_page() -> str:
    tables = sorted(table_metadata().tables.values(), key=lambda table: table.name)
    lines = ['# Tables', '', '```mermaid', 'erDiagram']
    for table in tables:
        lines += [f'  {table.name} {{', *(_attribute(column) for column in table.columns), '  }']
    for table in tables:
        lines += _relations(table)
    return _MADE + '\n'.join([*lines, '```']) + '\n'


PAGES = {
    'settings.md': settings_page,
    'problems.md': problems_page,
    'er-diagram.md': tables_page,
}


def main() -> None:
    parser = argparse.ArgumentParser(description='Writes the pages that are made from the code.')
    parser.add_argument('--check', action='store_true', help='compare, write nothing')
    check = parser.parse_args().check
    stale = []
    for name, make in PAGES.items():
        file, text = _ROOT / 'docs' / name, make()
        if file.exists() and file.read_text(encoding='utf-8') == text:
            continue
        if check:
            stale.append(f'docs/{name}')
        else:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding='utf-8')
    if stale:
        sys.exit(
            f'differ from the code: {", ".join(stale)} (scripts/generate_docs.py writes them)')


if __name__ == '__main__':
    main()
