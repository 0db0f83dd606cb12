"""Reads variables from an environment that is handed in. Texts of faults never hold a value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PREFIX = 'TALELIO_'
_FILE = '_FILE'


@dataclass(frozen=True, kw_only=True)
class Reading:
    """``values`` by variable; ``unknown`` are names that begin like ours and are not."""

    values: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def read(environ: Mapping[str, str], *, known: Iterable[str], secret: Iterable[str]) -> Reading:
    """Takes the ``known`` variables; an empty one counts as unset. A ``secret`` one may stand in
    a file that ``<NAME>_FILE`` names."""
    reading = Reading()
    present = {name: value for name, value in environ.items() if value}
    names, files = set(known), {f'{name}{_FILE}' for name in secret}
    reading.values.update({name: present[name] for name in sorted(names & present.keys())})
    for file in sorted(files & present.keys()):
        _read_secret(reading, file.removesuffix(_FILE), Path(present[file]))
    reading.unknown.extend(
        sorted(name for name in environ if name.startswith(PREFIX) and name not in names | files))
    return reading


def _read_secret(reading: Reading, name: str, file: Path) -> None:
    if name in reading.values:
        reading.faults.append(f'{name}: set together with {name}{_FILE}; keep one')
        return
    try:
        text = file.read_text(encoding='utf-8')
    except (OSError, UnicodeError):
        reading.faults.append(f'{name}{_FILE}: the file cannot be read')
        return
    # Editors and `echo` end a file with a newline that is no part of the secret.
    if text := text.removesuffix('\n').removesuffix('\r'):
        reading.values[name] = text
