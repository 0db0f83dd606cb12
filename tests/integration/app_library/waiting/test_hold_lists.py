from typing import Any

import pytest

from talelio_backend.shared.domain.ids import new_id
from tests.authors import Person, Site
from tests.fakes import FakeClock
from tests.integration.app_library.waiting.desk import ADVANCE, HOLDS, Desk, place, refusal


def names(person: Person, query: str = '') -> list[str]:
    """The titles in a list of holds, in its order."""
    answer = person.get(f'{HOLDS}{query}')
    assert answer.status_code == 200, answer.text
    return [hold['book']['title'] for hold in answer.get_json()['holds']]


@pytest.fixture(name='queue')
def make_queue(desk: Desk, ada: Person, ben: Person, clock: FakeClock) -> list[dict[str, Any]]:
    """Ada is ready for one, suspended on one and waits for one; Ben waits for two."""
    books = [desk.taken(title) for title in ('Persuasion', 'Émma', 'Sanditon')]
    holds = []
    for person in (ada, ben):
        for book in books[:3 if person is ada else 2]:
            clock.advance(seconds=1)
            holds.append(place(person, book))
    desk.site.execute("UPDATE library_copy SET status = 'available' WHERE book_id = :id",
                      id=books[0].id)
    desk.run(ADVANCE)
    ada.post(f"{HOLDS}/{holds[1]['id']}/suspend")
    return holds


def test_list_holds_the_open_ones_of_the_caller(queue: list[dict[str, Any]], ada: Person,
                                                ben: Person, admin: Person) -> None:
    answer = ada.get(HOLDS)
    assert answer.headers['Cache-Control'] == 'private, no-store'
    rows = answer.get_json()['holds']
    assert [row['id'] for row in rows] == [hold['id'] for hold in queue[:3]]
    assert [(row['state'], row['position']) for row in rows] == [('ready', None), ('suspended', 1),
                                                                 ('waiting', 1)]
    assert rows[0] == ada.get(f"{HOLDS}/{queue[0]['id']}").get_json()
    assert [row['position'] for row in ben.get(HOLDS).get_json()['holds']] == [1, 2]
    assert names(admin) == []


def test_list_is_filtered_by_state_and_book(queue: list[dict[str, Any]], ada: Person,
                                            admin: Person) -> None:
    assert names(ada, '?state=ready') == ['Persuasion']
    assert names(ada, '?state=waiting&state=suspended') == ['Émma', 'Sanditon']
    assert ada.delete(f"{HOLDS}/{queue[2]['id']}").status_code == 204
    assert names(ada) == ['Persuasion', 'Émma']
    assert names(ada, '?state=cancelled') == ['Sanditon']
    book_id = queue[0]['book']['id']
    assert names(ada, f'?book_id={book_id}') == ['Persuasion']
    assert names(admin, f'?scope=all&book_id={book_id}') == ['Persuasion', 'Persuasion']
    assert refusal(ada.get(f'{HOLDS}?book_id={new_id()}')) == (404, 'book_not_found')
    for query in ('?state=lost', '?scope=some', '?book_id=x', '?sort=title'):
        assert refusal(ada.get(f'{HOLDS}{query}')) == (400, 'bad_request')


def test_holds_of_everybody_are_the_staff_s(queue: list[dict[str, Any]], ada: Person,
                                            admin: Person) -> None:
    for query in ('?scope=all', f'?scope=all&book_id={new_id()}'):
        assert refusal(ada.get(f'{HOLDS}{query}')) == (403, 'not_permitted')
    rows = admin.get(f'{HOLDS}?scope=all').get_json()['holds']
    assert [row['id'] for row in rows] == [hold['id'] for hold in queue]
    assert {row['member']['username'] for row in rows} == {'ada', 'ben'}


@pytest.mark.parametrize(('sort', 'titles'), [
    ('placed_at_desc', ['Émma', 'Persuasion', 'Sanditon', 'Émma', 'Persuasion']),
    ('title_asc', ['Émma', 'Émma', 'Persuasion', 'Persuasion', 'Sanditon']),
    ('state_asc', ['Sanditon', 'Persuasion', 'Émma', 'Émma', 'Persuasion']),
    ('state_desc', ['Persuasion', 'Émma', 'Émma', 'Persuasion', 'Sanditon']),
    ('member_asc', ['Persuasion', 'Émma', 'Sanditon', 'Persuasion', 'Émma']),
])
@pytest.mark.usefixtures('queue')
def test_list_is_sorted_and_paged(admin: Person, site: Site, sort: str, titles: list[str]) -> None:
    # As books are found by: without regard to accents.
    site.execute("UPDATE library_book SET title_key = replace(lower(title), 'é', 'e')")
    assert names(admin, f'?scope=all&sort={sort}') == titles
    found: list[str] = []
    query = f'{HOLDS}?scope=all&limit=2&sort={sort}'
    following: str | None = query
    while following is not None:
        page = admin.get(following).get_json()
        found += [row['book']['title'] for row in page['holds']]
        following = f"{query}&cursor={page['next']}" if page['next'] else None
    assert found == titles
    numbered = admin.get(f'{query}&page=3')
    assert numbered.headers['X-Total-Count'] == '5'
    assert [row['book']['title'] for row in numbered.get_json()['holds']] == titles[4:]


def test_sort_options_name_what_the_caller_may_use(ada: Person, admin: Person) -> None:
    mine = ada.get(f'{HOLDS}?sort_options=only').get_json()
    assert mine == {
        'sort':
        'placed_at_asc',
        'sort_options': [{
            'id': 'placed_at',
            'label': 'Placed'
        }, {
            'id': 'title',
            'label': 'Title'
        }, {
            'id': 'state',
            'label': 'State'
        }]
    }
    more = admin.get(f'{HOLDS}?sort_options=only').get_json()['sort_options']
    assert more[3:] == [{'id': 'member', 'label': 'Member'}]
    assert refusal(ada.get(f'{HOLDS}?sort=member_asc')) == (400, 'bad_request')


def test_list_that_the_caller_has_is_not_sent_again(queue: list[dict[str, Any]],
                                                    ada: Person) -> None:
    tag = ada.get(HOLDS).headers['ETag']
    assert ada.get(HOLDS, if_none_match=tag).status_code == 304
    ada.delete(f"{HOLDS}/{queue[0]['id']}")
    assert ada.get(HOLDS, if_none_match=tag).status_code == 200
