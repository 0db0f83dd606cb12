from datetime import timedelta
from typing import Any

from tests.authors import Person, Site
from tests.fakes import NOON, FakeClock
from tests.integration.app_library.lending.counter import (borrow, document, faults, refusal,
                                                           rfc3339)
from tests.integration.app_library.money.till import TARIFFS
from tests.shelves import Shelves

FLAT = {'item_type': None, 'tiers': [{'days': None, 'rate': '2.00'}], 'minimum': '0.00'}
LATER = rfc3339(NOON + timedelta(days=30))


def tariff(**changes: Any) -> dict[str, Any]:
    return {'id': 'v4', 'label': 'Fourth', 'effective_from': LATER, 'rates': [FLAT]} | changes


def rates(*rows: Any, **changes: Any) -> dict[str, Any]:
    return tariff(rates=list(rows) or [FLAT | changes])


def test_the_three_price_lists_are_there_newest_first(stranger: Person) -> None:
    found = document(stranger.get(TARIFFS))['tariffs']
    assert [row['id'] for row in found] == ['v3', 'v2', 'v1']
    assert [row['in_force'] for row in found] == [True, False, False]
    assert document(stranger.get(f'{TARIFFS}/v3')) == found[0]
    assert found[0]['effective_from'] == '2020-03-01T00:00:00.000000Z'
    assert found[0]['currency'] == 'EUR'
    by_type = {rate['item_type']: rate for rate in found[0]['rates']}
    assert set(by_type) == {None, 'regular', 'fiction', 'novel'}
    assert by_type['novel'] == {
        'item_type': 'novel',
        'tiers': [{
            'days': None,
            'rate': '1.50'
        }],
        'minimum': '4.50'
    }


def test_a_new_price_is_a_new_tariff(admin: Person, site: Site, clock: FakeClock) -> None:
    novel = FLAT | {
        'item_type': 'novel',
        'tiers': [{
            'days': 3,
            'rate': '1'
        }, {
            'days': None,
            'rate': '0.5'
        }]
    }
    answer = admin.post(TARIFFS, json=rates(FLAT, novel))
    made = document(answer, 201)
    assert answer.headers['Location'] == f'{TARIFFS}/v4'
    assert made['rates'][1]['tiers'] == [{
        'days': 3,
        'rate': '1.00'
    }, {
        'days': None,
        'rate': '0.50'
    }]
    assert (made['effective_from'], made['in_force']) == (LATER, False)
    assert [row.text for row in site.activity()] == ['Added the tariff “Fourth”']
    clock.advance(days=30)
    assert document(admin.get(f'{TARIFFS}/v4'))['in_force']
    assert not document(admin.get(f'{TARIFFS}/v3'))['in_force']


def test_one_without_a_date_serves_comparison_alone(admin: Person) -> None:
    assert document(admin.post(TARIFFS, json=tariff(effective_from=None)),
                    201)['in_force'] is False
    found = document(admin.get(TARIFFS))['tariffs']
    assert [row['id'] for row in found] == ['v3', 'v2', 'v1', 'v4']


def test_only_administrators_publish_and_delete(stranger: Person, ada: Person) -> None:
    assert refusal(stranger.post(TARIFFS, json=tariff())) == (401, 'credentials_required')
    assert refusal(ada.post(TARIFFS, json=tariff())) == (403, 'not_permitted')
    assert refusal(stranger.delete(f'{TARIFFS}/v1')) == (401, 'credentials_required')
    assert refusal(ada.delete(f'{TARIFFS}/v1')) == (403, 'not_permitted')


def test_ids_and_dates_are_taken_once(admin: Person) -> None:
    document(admin.post(TARIFFS, json=tariff()), 201)
    assert refusal(admin.post(TARIFFS, json=tariff(effective_from=None))) == (409, 'tariff_exists')
    assert refusal(admin.post(TARIFFS, json=tariff(id='v5'))) == (409, 'tariff_date_taken')
    assert refusal(admin.get(f'{TARIFFS}/v9')) == (404, 'tariff_not_found')


def test_nothing_is_priced_backwards(admin: Person) -> None:
    for when in (NOON, NOON - timedelta(days=1)):
        body = tariff(effective_from=rfc3339(when))
        assert faults(admin.post(TARIFFS, json=body)) == [('/effective_from', 'not_in_future')]


NOVEL = FLAT | {'item_type': 'novel'}
OPEN, CLOSED = {'days': None, 'rate': '1.00'}, {'days': 1, 'rate': '1.00'}


def test_what_is_no_price_list_is_refused(admin: Person) -> None:
    for body, pointer in (
        (rates(NOVEL), ''),
        (rates(FLAT, FLAT), ''),
        (rates(FLAT, NOVEL, NOVEL), ''),
        (tariff(rates=[]), '/rates'),
        (rates(tiers=[]), '/rates/0/tiers'),
        (rates(tiers=[CLOSED] * 10 + [OPEN]), '/rates/0/tiers'),
        (rates(tiers=[CLOSED]), '/rates/0'),
        (rates(tiers=[OPEN, OPEN]), '/rates/0'),
        (rates(tiers=[CLOSED | {'days': 0}, OPEN]), '/rates/0/tiers/0/days'),
        (rates(minimum=1), '/rates/0/minimum'),
        (rates(minimum=1.5), '/rates/0/minimum'),
        (rates(minimum='1.505'), '/rates/0/minimum'),
        (rates(minimum='-1.00'), '/rates/0/minimum'),
        (rates(minimum='10000.01'), '/rates/0/minimum'),
        (rates(tiers=[{'days': None, 'rate': 1.5}]), '/rates/0/tiers/0/rate'),
        (rates(FLAT, FLAT | {'item_type': 'unheard-of'}), '/rates/1/item_type'),
        (tariff(id='V 4'), '/id'),
        (tariff(id='v' * 31), '/id'),
        (tariff(label=''), '/label'),
        (tariff(in_force=True), '/in_force'),
    ):  # yapf: disable
        assert [place for place, _ in faults(admin.post(TARIFFS, json=body))] == [pointer], body


def test_bounds_belong_to_a_price_list(admin: Person) -> None:
    body = rates(minimum='10000.00', tiers=[CLOSED | {'rate': '0.00'}] * 9 + [OPEN])
    document(admin.post(TARIFFS, json=body | {'id': 'v' * 30}), 201)


def test_a_tariff_that_nobody_needs_is_deleted(admin: Person, site: Site) -> None:
    assert admin.delete(f'{TARIFFS}/v1').status_code == 204
    assert refusal(admin.delete(f'{TARIFFS}/v1')) == (404, 'tariff_not_found')
    assert [row.text for row in site.activity()] == ['Deleted the tariff “Price list 1”']


def test_a_tariff_in_use_stays(admin: Person, ada: Person, shelves: Shelves,
                               clock: FakeClock) -> None:
    assert refusal(admin.delete(f'{TARIFFS}/v3')) == (409, 'tariff_in_use')
    borrow(ada, shelves.book())
    document(admin.post(TARIFFS, json=tariff()), 201)
    clock.advance(days=31)
    assert refusal(admin.delete(f'{TARIFFS}/v3')) == (409, 'tariff_in_use')
    assert refusal(admin.delete(f'{TARIFFS}/v4')) == (409, 'tariff_in_use')
    assert admin.delete(f'{TARIFFS}/v2').status_code == 204


def test_an_item_type_that_a_tariff_names_stays(admin: Person) -> None:
    document(admin.post('/v1/library/item-types', json={'id': 'map', 'label': 'Map'}), 201)
    document(admin.post(TARIFFS, json=rates(FLAT, FLAT | {'item_type': 'map'})), 201)
    assert refusal(admin.delete('/v1/library/item-types/map')) == (409, 'item_type_in_use')
