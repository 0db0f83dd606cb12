from typing import Any

import pytest

from talelio_backend.bootstrap import House
from talelio_backend.shared.domain.access import Level
from tests.authors import Person, Site
from tests.conftest import MakeHouse


@pytest.fixture(name='house')
def house_without_a_limit_of_mails(share_house: MakeHouse) -> House:
    return share_house(settings={'mail_limit': '1000/minute'})


def with_account(site: Site, person: Person, *, verified: bool = True) -> Person:
    level = max(Level.MEMBER, person.caller.level if person.caller else Level.MEMBER)
    site.execute(
        'INSERT INTO account (id, email, verified_at, level, language, updated_at, search) '
        "VALUES (:id, :email, CASE WHEN :verified THEN now() END, :level, 'en', now(), '')",
        id=person.id,
        email=f'{person.name}@example.org',
        level=int(level),
        verified=verified)
    return person


@pytest.fixture(name='ada')
def make_ada(site: Site) -> Person:
    return with_account(site, site.person('ada'))


@pytest.fixture
def ben(site: Site) -> Person:
    return with_account(site, site.person('ben'))


@pytest.fixture(name='admin')
def make_admin(site: Site) -> Person:
    return with_account(site, site.person('root', level=Level.ADMIN))


@pytest.fixture(name='type_id')
def make_type(admin: Person) -> str:
    answer = admin.post('/v1/contact/types', json={'name': 'Loss'})
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()['id'])


@pytest.fixture
def message(ada: Person, type_id: str) -> dict[str, Any]:
    answer = ada.post('/v1/contact/messages',
                      json={
                          'type_id': type_id,
                          'title': 'The oar',
                          'body': 'I lost it by the lake.'
                      })
    assert answer.status_code == 201, answer.text
    sent: dict[str, Any] = answer.get_json()
    return sent
