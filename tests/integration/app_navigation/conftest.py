from typing import Any

import pytest

from talelio_backend.shared.domain.access import Level
from tests.authors import Person, Site


@pytest.fixture
def member(site: Site) -> Person:
    return site.person('ada')


@pytest.fixture
def blocked(site: Site) -> Person:
    return site.person('bob', level=Level.EVERYONE)


@pytest.fixture
def make_link(admin: Person) -> Any:

    def make(text: str = 'Home', **more: Any) -> dict[str, Any]:
        body = {'text': text, 'target': 'home', 'position': 'navbar', 'access_level': 'everyone'}
        answer = admin.post('/v1/navigation/links', json=body | more)
        assert answer.status_code == 201, answer.text
        link: dict[str, Any] = answer.get_json()
        return link

    return make
