from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pyrage import x25519

from talelio_backend.bootstrap import build
from talelio_backend.settings import Settings
from tests.integration.operations.installation import (Installation, MakeInstallation, bucket_of,
                                                       path_with)


@pytest.fixture(name='programs')
def programs_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose programs come before those of PostgreSQL."""
    folder = tmp_path / 'programs'
    monkeypatch.setenv('PATH', path_with(folder))
    return folder


@pytest.fixture
def make_installation(  # pylint: disable=unused-argument  # it wants an empty database
        settings: Settings, clean: None, programs: Path,
        worker_number: int) -> Iterator[MakeInstallation]:
    """Builds installations that share a folder of their own in the bucket of the backups:
    ``make_installation(clock=…, settings={'backup_keep_daily': …})``."""
    made: list[Installation] = []
    place: dict[str, Any] = {
        's3_backups_bucket': f'talelio-test-backups-{worker_number}',
        's3_backups_prefix': f'backups-{uuid4().hex}'
    }
    store = bucket_of(settings.model_copy(update=place))

    def make(**overrides: Any) -> Installation:
        changed = place | overrides.pop('settings', {})
        house = build(settings.model_copy(update=changed), **overrides)
        made.append(Installation(house=house, store=store))
        return made[-1]

    yield make
    for installation in made:
        house = installation.house
        house.kernel.engine.dispose()
        house.read_engine.dispose()
        house.kernel.redis.close()


@pytest.fixture
def installation(make_installation: MakeInstallation) -> Installation:
    return make_installation()


@pytest.fixture(name='sealed')
def seal(tmp_path: Path) -> dict[str, Any]:
    """Settings of an installation that seals its backups and can open them."""
    identity = x25519.Identity.generate()
    file = tmp_path / 'identity'
    file.write_text(f'# public key: {identity.to_public()}\n{identity}\n')
    return {
        'backup_age_recipients': (str(identity.to_public()), ),
        'backup_age_identity_file': file
    }
