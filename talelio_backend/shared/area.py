"""What an area gives to the house, and what the house gives to an area."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from talelio_backend.shared.domain.events import Event
from talelio_backend.shared.presentation.route import Route
from talelio_backend.shared.services.jobs import Handler, Reactions

if TYPE_CHECKING:
    import click
    from redis import Redis
    from sqlalchemy import Engine

    from talelio_backend.shared.data.database import ReadDatabase
    from talelio_backend.shared.data.unit_of_work import Recorder, Transactions
    from talelio_backend.shared.services.authentication import Authenticator
    from talelio_backend.shared.services.clock import Clock
    from talelio_backend.shared.services.images import ImagePipeline
    from talelio_backend.shared.services.jobs import Jobs
    from talelio_backend.shared.services.listing import CursorCodec
    from talelio_backend.shared.services.mailer import Mailer
    from talelio_backend.shared.services.markdown import MarkdownRenderer
    from talelio_backend.shared.services.metrics import Counters
    from talelio_backend.shared.services.object_store import ObjectStore
    from talelio_backend.shared.services.pictures import PictureKeeper
    from talelio_backend.shared.services.rate_limit import RateLimiter
    from talelio_backend.shared.services.stored_html import StoredHtml

__all__ = ('Area', 'Kernel', 'Route')


@dataclass(frozen=True, kw_only=True)
class Kernel:
    """The adapters that areas share, built once by ``bootstrap``."""

    clock: 'Clock'
    engine: 'Engine'
    read: 'ReadDatabase'
    transactions: 'Transactions'
    redis: 'Redis'
    objects: 'ObjectStore'
    mailer: 'Mailer'
    markdown: 'MarkdownRenderer'
    images: 'ImagePipeline'
    limiter: 'RateLimiter'
    jobs: 'Jobs'
    cursors: 'CursorCodec'
    counters: 'Counters'
    # Of the areas that are on; filled by ``bootstrap``.
    stored_html: 'list[StoredHtml]' = field(default_factory=list)
    picture_keepers: 'list[PictureKeeper]' = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Area:
    name: str
    events: Sequence[type[Event]] = ()
    routes: Sequence[Route] = ()
    handlers: Sequence[Handler] = ()
    reactions: Reactions = field(default_factory=dict)
    commands: Sequence['click.Command'] = ()
    authenticator: 'Authenticator | None' = None
    recorder: 'Recorder | None' = None
    stored_html: 'StoredHtml | None' = None
    picture_keeper: 'PictureKeeper | None' = None
    # Called once by a process that forks others to serve: what is loaded at first use otherwise,
    # and then by each of them for itself.
    preloads: Sequence[Callable[[], None]] = ()
    # Statements that give the keys of the files which the area's rows cannot do without; one
    # that is gone from the media bucket is counted.
    media: Sequence[str] = ()
    # Called once by a process that is to serve or to work: what the settings say and the database
    # contradicts. The process tells it and ends.
    faults: Sequence[Callable[[], Sequence[str]]] = ()
    # Called once in a house whose database was just restored from a backup, before anybody else
    # sees it.
    on_restored: Sequence[Callable[[], None]] = ()
