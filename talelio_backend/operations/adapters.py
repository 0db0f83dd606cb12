"""The adapters that backups and restores share, built from the settings and connected to
nothing yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from talelio_backend.operations.data.age import AgeSealer
from talelio_backend.operations.data.bucket import Bucket
from talelio_backend.operations.data.connections import Address
from talelio_backend.operations.data.databases import SiblingDatabases
from talelio_backend.operations.data.exclusive_lock import AdvisoryLock
from talelio_backend.operations.data.live_database import SqlLiveServer, SqlMediaNames
from talelio_backend.operations.data.pg_tools import PgDump, PgRestore, Surroundings
from talelio_backend.operations.data.proofs import S3Proofs
from talelio_backend.operations.data.snapshots import ExportedSnapshots
from talelio_backend.operations.data.vault import S3Vault
from talelio_backend.operations.services.loading import LoadingService
from talelio_backend.shared.data.s3_connection import S3Options


class BackupSettings(Protocol):
    """The settings that backups read."""

    @property
    def s3_bucket(self) -> str:
        ...

    @property
    def s3_backups_bucket(self) -> str:
        ...

    @property
    def s3_backups_prefix(self) -> str:
        ...

    @property
    def backup_age_recipients(self) -> Sequence[str]:
        ...

    @property
    def backup_age_identity_file(self) -> Path | None:
        ...

    @property
    def backup_at(self) -> str:
        ...

    @property
    def backup_keep_daily(self) -> int:
        ...

    @property
    def backup_keep_weekly(self) -> int:
        ...

    @property
    def backup_keep_monthly(self) -> int:
        ...


@dataclass(frozen=True, kw_only=True)
class Adapters:
    vault: S3Vault
    proofs: S3Proofs
    sealer: AgeSealer
    snapshots: ExportedSnapshots
    surroundings: Surroundings
    dumper: PgDump
    loader: PgRestore
    databases: SiblingDatabases
    names: SqlMediaNames
    server: SqlLiveServer
    backup_lock: AdvisoryLock
    drill_lock: AdvisoryLock
    loading: LoadingService


def build_adapters(settings: BackupSettings, *, address: Address, objects: S3Options,
                   environment: Mapping[str, str], media: Sequence[str]) -> Adapters:
    """``address`` gives the live database's URL, ``objects`` says who asks the buckets,
    ``environment`` is what child processes get a part of, and ``media`` are the areas'
    statements."""
    bucket = Bucket(objects, name=settings.s3_backups_bucket)
    vault = S3Vault(bucket, prefix=settings.s3_backups_prefix)
    sealer = AgeSealer(settings.backup_age_recipients, settings.backup_age_identity_file)
    surroundings = Surroundings(address, environment)
    loader = PgRestore(surroundings)
    return Adapters(vault=vault,
                    proofs=S3Proofs(bucket, prefix=settings.s3_backups_prefix),
                    sealer=sealer,
                    snapshots=ExportedSnapshots(address),
                    surroundings=surroundings,
                    dumper=PgDump(surroundings),
                    loader=loader,
                    databases=SiblingDatabases(address),
                    names=SqlMediaNames(address, media),
                    server=SqlLiveServer(address),
                    backup_lock=AdvisoryLock(address, name='backup'),
                    drill_lock=AdvisoryLock(address, name='drill'),
                    loading=LoadingService(vault=vault, sealer=sealer, loader=loader))
