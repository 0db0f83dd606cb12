from collections.abc import Callable, Sequence
from dataclasses import dataclass

import click
from sqlalchemy import Engine

from talelio_backend.operations.plug import Operations
from talelio_backend.settings import Settings
from talelio_backend.shared.area import Area, Kernel
from talelio_backend.shared.data.idempotency import SqlIdempotencyStore
from talelio_backend.shared.data.restored_queue import RestoredQueue
from talelio_backend.shared.data.s3_connection import preload as preload_s3
from talelio_backend.shared.services.jobs import Handler
from talelio_backend.shared.services.restore_flag import RestoreFlag


@dataclass(frozen=True, kw_only=True)
class House:
    """Everything that a process of talelio needs, built and connected to nothing yet."""

    settings: Settings
    kernel: Kernel
    read_engine: Engine
    idempotency: SqlIdempotencyStore
    restore_flag: RestoreFlag
    areas: Sequence[Area]
    operations: Operations

    @property
    def handlers(self) -> list[Handler]:
        own = Handler(name='kernel.sweep_idempotency',
                      run=self.idempotency.sweep,
                      cron='17 * * * *')
        return [
            own, *self.operations.handlers,
            *(handler for area in self.areas for handler in area.handlers)
        ]

    @property
    def commands(self) -> list[click.Command]:
        """Those of the operations and of the areas which are on."""
        return [
            *self.operations.commands,
            *(command for area in self.areas for command in area.commands)
        ]

    @property
    def on_restored(self) -> list[Callable[[], None]]:
        """What a house does once its database was restored from a backup."""
        queue = RestoredQueue(
            self.kernel.engine,
            self.kernel.clock,
            notifying=[handler.name for handler in self.handlers if handler.notifies])
        return [queue.settle, *(react for area in self.areas for react in area.on_restored)]

    def faults(self) -> list[str]:
        """What the settings say and the database contradicts."""
        return [fault for area in self.areas for faults in area.faults for fault in faults()]

    def preload(self) -> None:
        """Loads what is heavy and is needed by requests, for all processes that are forked from
        this one together. Connects to nothing."""
        preload_s3()
        for area in self.areas:
            for load in area.preloads:
                load()

    def forget_connections(self) -> None:
        """For a process that was forked: what was connected belongs to the parent."""
        self.kernel.engine.dispose(close=False)
        self.read_engine.dispose(close=False)
        self.kernel.redis.connection_pool.reset()

    def close(self) -> None:
        self.kernel.engine.dispose()
        self.read_engine.dispose()
        self.kernel.redis.close()
