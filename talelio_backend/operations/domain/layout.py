"""The names of a backup's objects. The shell script writes the same."""

import re
from datetime import UTC, datetime

_TIME = '%Y%m%dT%H%M%SZ'
_NAME = re.compile(r'talelio-(\d{8}T\d{6}Z)', re.ASCII)
_DUMP = re.compile(rf'({_NAME.pattern})\.dump(\.age)?', re.ASCII)
_MANIFEST = re.compile(rf'({_NAME.pattern})\.manifest\.json', re.ASCII)
BEGINNING = 'talelio-'


def name_at(moment: datetime) -> str:
    return f'{BEGINNING}{moment.astimezone(UTC).strftime(_TIME)}'


def time_of(name: str) -> datetime | None:
    """The second that a name stands for; None for what is no name of a backup."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1], _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


def dump_file(name: str, *, encrypted: bool) -> str:
    return f'{name}.dump.age' if encrypted else f'{name}.dump'


def manifest_file(name: str) -> str:
    return f'{name}.manifest.json'


def dumped_name(file: str) -> str | None:
    """The name of the backup whose dump a file is; None for any other file."""
    found = _DUMP.fullmatch(file)
    return found[1] if found and time_of(found[1]) else None


def described_name(file: str) -> str | None:
    """The name of the backup whose manifest a file is; None for any other file."""
    found = _MANIFEST.fullmatch(file)
    return found[1] if found and time_of(found[1]) else None
