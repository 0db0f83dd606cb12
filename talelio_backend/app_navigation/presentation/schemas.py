import re
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from talelio_backend.app_navigation.domain.link import Details, Position
from talelio_backend.app_navigation.services.queries import LinkFilter
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.presentation.lists import ListQuery, ListView
from talelio_backend.shared.presentation.schemas import Body, Line, PatchBody, Time, View

PositionName = Literal['navbar', 'header', 'footer', 'hidden', 'adminNavbar', 'adminFooter']
LevelName = Literal['logged_out', 'everyone', 'member', 'admin']
LEVELS = {level.name.lower(): level for level in Level}
_CAPITAL = re.compile('(?=[A-Z])')

Text = Annotated[Line, Field(min_length=1, max_length=40)]
LinkTarget = Annotated[Line, Field(min_length=1, max_length=200)]
Icon = Annotated[str, Field(min_length=1, max_length=50, pattern=r'^[A-Za-z0-9 _-]+$')]
Weight = Annotated[int, Field(ge=0, le=100)]


class NewLinkBody(Body):
    text: Text
    target: LinkTarget
    position: PositionName
    access_level: LevelName
    icon: Icon | None = None
    weight: Weight = 0

    def details(self) -> Details:
        return Details(**_of_the_domain(dict(self)))


class LinkPatchBody(PatchBody):
    text: Text = ''
    target: LinkTarget = ''
    position: PositionName = 'navbar'
    access_level: LevelName = 'admin'
    icon: Icon | None = None
    weight: Weight = 0

    def details(self) -> dict[str, Any]:
        """The fields of ``Details`` that were sent."""
        return _of_the_domain(self.changes())


def _of_the_domain(sent: dict[str, Any]) -> dict[str, Any]:
    if 'position' in sent:
        sent['position'] = Position(sent['position'])
    if 'access_level' in sent:
        sent['access_level'] = LEVELS[sent['access_level']]
    return sent


class LinksQuery(ListQuery):
    position: list[PositionName] = []
    access_level: list[LevelName] = []
    q: Annotated[str | None, Field(max_length=200)] = None

    def filter(self) -> LinkFilter:
        return LinkFilter(positions=tuple(Position(name) for name in self.position),
                          access_levels=tuple(LEVELS[name] for name in self.access_level),
                          q=self.q)


class MenuLinkView(View):
    id: UUID
    text: str
    target: str
    icon: str | None
    weight: int
    position: PositionName


class LinkView(MenuLinkView):
    access_level: LevelName
    version: int
    created_at: Time
    updated_at: Time


class LinksView(ListView):
    links: list[LinkView]


class AccessLevelView(View):
    name: LevelName
    value: int


class MenuView(View):
    access_level: AccessLevelView
    links: list[MenuLinkView]


class PositionOption(View):
    id: PositionName
    label: str


class LevelOption(View):
    id: LevelName
    value: int
    label: str


class OptionsView(View):
    positions: list[PositionOption]
    access_levels: list[LevelOption]


def options() -> OptionsView:
    """Every position and level, for the form that edits a link."""
    return OptionsView.model_validate({
        'positions': [{
            'id': position.value,
            'label': ' '.join(_CAPITAL.split(position.value)).capitalize()
        } for position in Position],
        'access_levels': [{
            'id': name,
            'value': int(level),
            'label': name.replace('_', ' ').capitalize()
        } for name, level in LEVELS.items()],
    })
