import pytest

from talelio_backend.app_project.domain.errors import OrderStale, ProjectLimit
from talelio_backend.app_project.domain.events import ProjectsReordered
from talelio_backend.app_project.domain.project import Details, Project, Rendering, Text
from talelio_backend.app_project.domain.shelf import HIGHEST_NUMBER, Shelf
from talelio_backend.shared.domain.events import Change, Event
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import NOON

OWNER = new_id()


def a_shelf(*titles: str) -> Shelf:
    projects = [
        Project.create(owner_id=OWNER,
                       position=position,
                       details=Details(title=title),
                       text=Text(body='', rendering=Rendering('', (), 1)),
                       now=NOON) for position, title in enumerate(titles)
    ]
    events_of(Shelf(owner_id=OWNER, projects=projects))
    return Shelf(owner_id=OWNER, projects=projects)


def events_of(shelf: Shelf) -> list[Event]:
    return [event for project in shelf.projects for event in project.collect_events()]


def test_first_project_has_position_zero() -> None:
    assert a_shelf().next_position() == 0


def test_new_project_comes_after_the_last_also_when_one_between_is_gone() -> None:
    shelf = a_shelf('a', 'b', 'c')
    rest = Shelf(owner_id=OWNER, projects=shelf.projects[1:])
    assert rest.next_position() == 3


def test_a_person_has_two_hundred_projects_at_most() -> None:
    assert a_shelf(*'x' * (HIGHEST_NUMBER - 1)).next_position() == HIGHEST_NUMBER - 1
    with pytest.raises(ProjectLimit) as caught:
        a_shelf(*'x' * HIGHEST_NUMBER).next_position()
    assert caught.value.data == {'limit': 200}


def test_projects_are_arranged_as_named_and_keep_their_versions() -> None:
    shelf = a_shelf('a', 'b', 'c')
    first, second, third = shelf.projects
    shelf.arrange([third.id, first.id, second.id])
    assert (third.position, first.position, second.position) == (0, 1, 2)
    assert {project.version for project in shelf.projects} == {1}
    event, = events_of(shelf)
    assert isinstance(event, ProjectsReordered)
    assert event.changes == {'order': Change(['a', 'b', 'c'], ['c', 'a', 'b'])}


def test_the_same_order_is_no_event() -> None:
    shelf = a_shelf('a', 'b')
    shelf.arrange([project.id for project in shelf.projects])
    assert not events_of(shelf)


def test_an_order_that_is_not_whole_moves_nothing() -> None:
    shelf = a_shelf('a', 'b')
    first, second = (project.id for project in shelf.projects)
    for ids in ([second], [second, second], [second, first, first], [second, first,
                                                                     new_id()], [second,
                                                                                 new_id()], []):
        with pytest.raises(OrderStale):
            shelf.arrange(ids)
    assert [project.position for project in shelf.projects] == [0, 1]


def test_an_empty_shelf_is_in_order() -> None:
    a_shelf().arrange([])
