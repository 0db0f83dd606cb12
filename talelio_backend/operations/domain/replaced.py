"""The names of databases that stand beside the live one because of a restore."""

import re
from datetime import UTC, datetime, timedelta

KEPT = timedelta(hours=24)
LONGEST = 63  # bytes of a name in PostgreSQL
_TIME = '%Y%m%dt%H%M%Sz'  # lower case, so that psql takes the name without quotes
_STAMP = re.compile(r'\d{8}t\d{6}z', re.ASCII)
_BEFORE = '_before_'


def before_name(live: str, moment: datetime) -> str:
    """What the live database is called once another took its place."""
    return f'{_beginning(live)}{moment.astimezone(UTC).strftime(_TIME)}'


def replaced_at(live: str, name: str) -> datetime | None:
    """When the database ``name`` was replaced; None for one that never was the live one."""
    beginning = _beginning(live)
    stamp = name.removeprefix(beginning)
    if not name.startswith(beginning) or _STAMP.fullmatch(stamp) is None:
        return None
    try:
        return datetime.strptime(stamp, _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


def _beginning(live: str) -> str:
    room = LONGEST - len(_BEFORE) - len('yyyymmddthhmmssz')
    kept = live.encode()[:room].decode(errors='ignore')
    return kept + _BEFORE
