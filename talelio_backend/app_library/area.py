from collections.abc import Iterable

import click

from talelio_backend.app_library import (books_part, intake_part, lending_part, money_part,
                                         reading_part, shelving_part, waiting_part)
from talelio_backend.app_library.area_settings import LibrarySettings
from talelio_backend.app_library.part import PlugPart
from talelio_backend.shared.area import Area, Kernel

# The parts of the library, each bound in a file of its own.
PARTS: tuple[PlugPart,
             ...] = (books_part.plug, intake_part.plug, lending_part.plug, money_part.plug,
                     reading_part.plug, shelving_part.plug, waiting_part.plug)


def plug(kernel: Kernel, settings: LibrarySettings) -> Area:
    parts = [plug_part(kernel, settings) for plug_part in PARTS]
    reactions = {
        event: [reaction for part in parts for reaction in part.reactions.get(event, ())]
        for part in parts
        for event in part.reactions
    }
    return Area(name='library',
                events=[event for part in parts for event in part.events],
                routes=[route for part in parts for route in part.routes],
                handlers=[handler for part in parts for handler in part.handlers],
                reactions=reactions,
                faults=[fault for part in parts for fault in part.faults],
                commands=[_group(command for part in parts for command in part.commands)])


def _group(commands: Iterable[click.Command]) -> click.Group:
    return click.Group('library', list(commands), help='Look after the library.')
