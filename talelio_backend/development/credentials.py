"""Passwords and keys of the embedded servers: made once, readable by the owner alone."""
import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

_OWNER_ONLY = 0o600


def _made_up() -> str:
    return secrets.token_hex(16)


@dataclass(frozen=True, kw_only=True)
class Credentials:
    postgres_superuser: str = field(default_factory=_made_up)
    postgres_application: str = field(default_factory=_made_up)
    redis: str = field(default_factory=_made_up)
    s3_access_key: str = field(default_factory=_made_up)
    s3_secret_key: str = field(default_factory=_made_up)


def load_or_make(file: Path) -> Credentials:
    try:
        return Credentials(**json.loads(file.read_text(encoding='utf-8')))
    except FileNotFoundError:
        made = Credentials()
        write_private(file, json.dumps(asdict(made), indent=2) + '\n')
        return made


def load_or_make_secret_key(file: Path) -> str:
    try:
        return file.read_text(encoding='utf-8').strip()
    except FileNotFoundError:
        # Production refuses a key that says where it was made.
        write_private(file, f'development-{secrets.token_urlsafe(64)}\n')
        return file.read_text(encoding='utf-8').strip()


def write_private(file: Path, text: str) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f'{file.name}.{os.getpid()}.new')
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with open(descriptor, 'w', encoding='utf-8') as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)
