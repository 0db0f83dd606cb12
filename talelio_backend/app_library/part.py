from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from talelio_backend.app_library.area_settings import LibrarySettings
from talelio_backend.shared.area import Kernel, Route
from talelio_backend.shared.domain.events import Event
from talelio_backend.shared.services.jobs import Handler, Reactions

if TYPE_CHECKING:
    import click


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one part of the library gives to the area; the fields are those of ``Area``."""

    events: Sequence[type[Event]] = ()
    routes: Sequence[Route] = ()
    handlers: Sequence[Handler] = ()
    reactions: Reactions = field(default_factory=dict)
    commands: Sequence['click.Command'] = ()
    faults: Sequence[Callable[[], Sequence[str]]] = ()


PlugPart = Callable[[Kernel, LibrarySettings], Part]
