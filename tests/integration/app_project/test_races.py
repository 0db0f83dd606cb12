from collections import Counter

from tests.authors import Person
from tests.integration.app_project.presentation.test_projects import PROJECTS, address, make
from tests.parallel import at_once


def test_twenty_projects_get_twenty_places(ada: Person) -> None:
    answers = at_once(20, lambda number: ada.post(PROJECTS, json={'title': f'No. {number}'}))
    assert [answer.status_code for answer in answers] == [201] * 20
    assert {answer.get_json()['position'] for answer in answers} == set(range(20))


def test_of_ten_editors_one_succeeds(ada: Person) -> None:
    path = address(make(ada))
    tag = ada.get(path).headers['ETag']
    answers = at_once(
        10, lambda number: ada.patch(path, json={'title': f'No. {number}'}, if_match=tag))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 9}


def test_orders_and_edits_at_once_all_succeed(ada: Person) -> None:
    projects = [make(ada, f'No. {number}') for number in range(4)]
    ids = [project['id'] for project in projects]

    def act(number: int) -> int:
        if number % 2:
            turned = ids[number % 4:] + ids[:number % 4]
            return ada.put('/v1/me/projects/order', json={'ids': turned}).status_code
        return ada.patch(address(projects[number % 4]), json={
            'title': f'New {number}'
        }).status_code

    assert Counter(at_once(12, act)) == {204: 6, 200: 6}
    found = ada.get('/v1/users/ada/projects').get_json()['projects']
    assert [project['position'] for project in found] == [0, 1, 2, 3]


def test_last_free_place_is_given_once(ada: Person) -> None:
    for number in range(195):
        make(ada, f'No. {number}')
    answers = at_once(10, lambda _number: ada.post(PROJECTS, json={'title': 'x'}))
    assert Counter(answer.status_code for answer in answers) == {201: 5, 409: 5}
