"""What the operator's side gives to the house. It is no area: it has no routes, no tables, and it
looks at the whole installation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

import click

from talelio_backend.operations.adapters import Adapters, BackupSettings, build_adapters
from talelio_backend.operations.backups import Backups, build_backups
from talelio_backend.operations.commands import backup_group
from talelio_backend.operations.data.media_bucket import MediaBucket
from talelio_backend.operations.data.restored_house import Built
from talelio_backend.operations.domain.addresses import Addresses
from talelio_backend.operations.moving_commands import export_command, import_command
from talelio_backend.operations.restore_commands import restore_command
from talelio_backend.operations.restores import Restores, Site, build_restores
from talelio_backend.operations.services.replacing import SWEEP
from talelio_backend.shared.area import Area, Kernel
from talelio_backend.shared.data.s3_connection import S3Options
from talelio_backend.shared.data.secrets_manager import DatabaseAddress
from talelio_backend.shared.services.jobs import Handler
from talelio_backend.shared.services.restore_flag import RestoreFlag

if TYPE_CHECKING:
    from prometheus_client.registry import Collector


class OperationsSettings(BackupSettings, Protocol):
    """The settings that the operator's side reads."""

    @property
    def database_address(self) -> DatabaseAddress:
        ...

    @property
    def public_url(self) -> str:
        ...

    @property
    def client_url(self) -> str:
        ...

    @property
    def s3_public_url(self) -> str | None:
        ...


@dataclass(frozen=True, kw_only=True)
class Operations:
    adapters: Adapters
    backups: Backups
    restores: Callable[[], Restores]
    handlers: Sequence[Handler]
    commands: Sequence[click.Command]

    def collector(self) -> 'Collector':
        """The gauges of the backups, for the process of the metrics."""
        from talelio_backend.operations.data.backup_metrics import BackupCollector
        return BackupCollector(self.backups.reporting.standing)


def plug(kernel: Kernel, settings: OperationsSettings, *, areas: Sequence[Area],
         objects: S3Options, environment: Mapping[str, str], version: str, flag: RestoreFlag,
         beside: Callable[[str], Built]) -> Operations:
    """``objects`` says who asks the buckets, and of ``environment`` the child processes get what
    they need. ``beside`` builds the house on another database of the server."""

    def address() -> str:
        return settings.database_address.current(newest=True)

    adapters = build_adapters(settings,
                              address=address,
                              objects=objects,
                              environment=environment,
                              media=[statement for area in areas for statement in area.media])
    backups = build_backups(
        settings,
        adapters,
        clock=kernel.clock,
        objects=kernel.objects,
        version=version,
        # A demo is made anew all day long.
        nightly=not getattr(settings, 'demo', False))

    @cache
    def restores() -> Restores:
        site = Site(address=address,
                    media=MediaBucket(objects, name=settings.s3_bucket),
                    addresses=_addresses(settings),
                    clock=kernel.clock,
                    flag=flag,
                    beside=beside,
                    version=version)
        return build_restores(adapters, backups.backing_up, site)

    return Operations(adapters=adapters,
                      backups=backups,
                      restores=restores,
                      handlers=(*backups.handlers, _sweep(restores)),
                      commands=_commands(backups, restores))


def _addresses(settings: OperationsSettings) -> Addresses:
    return Addresses(public_url=settings.public_url,
                     client_url=settings.client_url,
                     s3_public_url=settings.s3_public_url)


def _sweep(restores: Callable[[], Restores]) -> Handler:

    def sweep() -> None:
        restores().replacing.sweep()

    return Handler(name=SWEEP, run=sweep, cron='29 * * * *')


def _commands(backups: Backups, restores: Callable[[], Restores]) -> Sequence[click.Command]:
    return (backup_group(backups), restore_command(lambda: restores().restoring),
            export_command(lambda: restores().exporting),
            import_command(lambda: restores().importing))
