from typing import Any
from uuid import uuid4

from tests.authors import Person
from tests.integration.app_library.lending.counter import document, faults, refusal
from tests.integration.app_library.money.till import QUOTE
from tests.shelves import Shelves


def quote(person: Person, query: str) -> dict[str, Any]:
    return document(person.get(f'{QUOTE}?{query}'))


# The three lists, by the day and to the cent: regular, fiction, novel.
PRICES = {
    'v1': {0: ('0.00', '0.00', '0.00'), 1: ('1.00', '1.00', '1.00'), 2: ('2.00', '2.00', '2.00'),
           3: ('3.00', '3.00', '3.00'), 10: ('10.00', '10.00', '10.00')},
    'v2': {0: ('0.00', '0.00', '0.00'), 1: ('1.50', '3.00', '1.50'), 2: ('3.00', '6.00', '3.00'),
           3: ('4.50', '9.00', '4.50'), 10: ('15.00', '30.00', '15.00')},
    'v3': {0: ('2.00', '0.00', '4.50'), 1: ('2.00', '3.00', '4.50'), 2: ('2.00', '6.00', '4.50'),
           3: ('3.50', '9.00', '4.50'), 4: ('5.00', '12.00', '6.00'),
           10: ('14.00', '30.00', '15.00')},
}  # yapf: disable


def test_the_three_price_lists_to_the_cent(stranger: Person) -> None:
    for tariff, by_days in PRICES.items():
        for days, prices in by_days.items():
            for item_type, price in zip(('regular', 'fiction', 'novel'), prices, strict=True):
                found = quote(stranger, f'tariff={tariff}&item_type={item_type}&days={days}')
                assert found['charge'] == price, (tariff, item_type, days)


def test_a_quote_says_how_it_comes_about(stranger: Person) -> None:
    assert quote(stranger, 'item_type=regular&days=4') == {
        'tariff': 'v3',
        'item_type': 'regular',
        'days': 4,
        'charge': '5.00',
        'currency': 'EUR',
        'minimum': '2.00',
        'minimum_applied': False,
        'lines': [{'days': 2, 'rate': '1.00', 'amount': '2.00'},
                  {'days': 2, 'rate': '1.50', 'amount': '3.00'}],
    }  # yapf: disable
    least = quote(stranger, 'item_type=novel&days=1')
    assert (least['minimum_applied'], least['lines'][0]['amount']) == (True, '1.50')


def test_a_book_is_priced_by_its_type_and_other_types_as_regular(stranger: Person, admin: Person,
                                                                 shelves: Shelves) -> None:
    book = shelves.book(item_type='fiction')
    assert quote(stranger, f'book_id={book.id}&days=2')['charge'] == '6.00'
    document(admin.post('/v1/library/item-types', json={'id': 'map', 'label': 'Map'}), 201)
    assert quote(stranger, 'item_type=map&days=3')['charge'] == '3.50'


def test_started_days_between_two_moments(stranger: Person) -> None:
    for until, days in (
        ('2026-01-01T00:00:00Z', 0),
        ('2026-01-01T00:00:00.000001Z', 1),
        ('2026-01-02T00:00:00Z', 1),
        ('2026-01-02T00:00:00.000001Z', 2),
        ('2026-01-03T00:00:00Z', 2),
        ('2026-01-03T00:00:00.000001Z', 3),
        ('2026-01-03T02:00:00%2B02:00', 2),
        ('2035-12-30T00:00:00Z', 3650),
    ):
        found = quote(stranger, f'item_type=regular&from=2026-01-01T00:00:00Z&until={until}')
        assert found['days'] == days, until


FROM, UNTIL = 'from=2026-01-01T00:00:00Z', 'until=2026-01-03T00:00:00Z'


def test_missing_contradictory_or_reversed_is_a_bad_request(stranger: Person) -> None:
    for query in (
    '', 'days=3', 'item_type=regular', 'item_type=regular&' + FROM, 'item_type=regular&' + UNTIL,
    f'item_type=regular&days=3&{FROM}&{UNTIL}', f'item_type=regular&days=3&{FROM}',
    f'item_type=regular&book_id={uuid4()}&days=3',
    'item_type=regular&from=2026-01-03T00:00:00Z&until=2026-01-02T23:59:59.999999Z',
    f'item_type=regular&{FROM}&until=2035-12-30T00:00:00.000001Z', 'item_type=regular&days=-1',
    'item_type=regular&days=3651', 'item_type=regular&days=x', 'book_id=x&days=3',
    'item_type=regular&from=yesterday&until=today'
    ):  # yapf: disable
        answer = stranger.get(f'{QUOTE}?{query}')
        assert refusal(answer) == (400, 'bad_request'), query
        assert faults(answer)


def test_what_there_is_not_is_not_found(stranger: Person) -> None:
    for query, code in (
        (f'book_id={uuid4()}&days=3', 'book_not_found'),
        ('item_type=unheard-of&days=3', 'item_type_not_found'),
        ('item_type=regular&days=3&tariff=v9', 'tariff_not_found'),
    ):
        assert refusal(stranger.get(f'{QUOTE}?{query}')) == (404, code)


def test_a_quote_of_the_longest_loan(stranger: Person) -> None:
    assert quote(stranger, 'item_type=fiction&days=3650')['charge'] == '10950.00'
