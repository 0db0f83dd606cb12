from typing import Any

from sqlalchemy import text

from talelio_backend.app_activity.data.chain_store import SqlChainStore
from talelio_backend.app_activity.services.chaining import ChainService
from talelio_backend.bootstrap import make_flask
from tests.authors import Person, Site
from tests.conftest import MakeHouse
from tests.fakes import FakeClock
from tests.integration.app_activity.rows import LIST, write


def chain_of(site: Site) -> ChainService:
    kernel = site.house.kernel
    return ChainService(chain=SqlChainStore(kernel.engine, kernel.read),
                        clock=kernel.clock,
                        keep_days=0)


def about(person: Person) -> dict[str, Any]:
    return {'target_type': 'account', 'target_id': str(person.id), 'target_label': person.name}


def test_deleted_account_leaves_a_whole_chain(site: Site, admin: Person, ada: Person,
                                              ben: Person) -> None:
    chain = chain_of(site)
    write(site, 'Blocked “ada”', actor_id=admin.id, **about(ada))
    write(site,
          'Changed the profile of “ada”',
          area='account',
          actor_id=ada.id,
          changes='{"city": {"before": "Oulu", "after": "Turku"}}',
          **about(ada))
    write(site, 'Signed in from Oulu', area='account', action='session_started', actor_id=ada.id)
    write(site, 'Blocked “ben”', actor_id=admin.id, **about(ben))
    kept = write(site, 'Created “Boat”', actor_id=ada.id)
    assert chain.redact(person=ada.id) == 3
    rows = admin.get(f'{LIST}?sort=created_at_asc').get_json()['activity']
    assert [row['text'] for row in rows] == ['(removed)'] * 3 + ['Blocked “ben”', 'Created “Boat”']
    assert rows[0]['target'] == {'type': 'account', 'id': str(ada.id), 'label': None}
    assert rows[1]['changes'] is None
    assert rows[4]['id'] == str(kept)
    assert chain.verify().ok
    assert admin.get(f'{LIST}?q=turku').get_json()['activity'] == []
    assert 'Oulu' not in str(site.activity())


def test_account_that_is_removed_leaves_no_name(make_house: MakeHouse) -> None:
    clock = FakeClock()
    house = make_house(clock=clock)
    handlers = {handler.name: handler.run for area in house.areas for handler in area.handlers}
    registered = make_flask(house).test_client().post('/v1/accounts/register',
                                                      json={
                                                          'email': 'ann@example.org',
                                                          'username': 'ann',
                                                          'password': 'a quiet heron by the water'
                                                      })
    assert registered.status_code == 201
    clock.advance(days=31)
    handlers['accounts.sweep']()
    waiting = house.kernel.read.all(
        text("SELECT args -> 'arguments' AS told FROM procrastinate_jobs "
             "WHERE task_name = 'activity.redact'"))
    assert len(waiting) == 1
    handlers['activity.redact'](**waiting[0].told)
    rows = house.kernel.read.all(text('SELECT * FROM activity'))
    assert len(rows) == 2 and all(row.redacted for row in rows)
    assert 'ann' not in str(rows)


def test_second_redaction_changes_nothing(site: Site, ada: Person) -> None:
    chain = chain_of(site)
    write(site, **about(ada))
    assert (chain.redact(person=ada.id), chain.redact(person=ada.id)) == (1, 0)
    assert chain.verify().ok


def test_nothing_is_redacted_for_somebody_unknown_to_the_log(site: Site, ada: Person) -> None:
    write(site)
    assert chain_of(site).redact(person=ada.id) == 0
    assert chain_of(site).verify().rows == 1
