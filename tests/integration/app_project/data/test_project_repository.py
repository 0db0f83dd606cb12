from collections.abc import Callable
from dataclasses import asdict, fields, replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.exc import InvalidRequestError

from talelio_backend.app_project.data.unit_of_work import SqlProjectUnitOfWork
from talelio_backend.app_project.domain.project import Details, Link, Project, Rendering, Text
from talelio_backend.shared.domain.errors import VersionMismatch
from tests.authors import Person, Site
from tests.fakes import NOON

LATER = NOON + timedelta(days=1)
DETAILS = Details(title='Boat \u2014 "one"',
                  links=(Link(label='Plans', url='https://a.example/plans'),
                         Link(label='\u00e9', url='https://b.example')),
                  cover_image='https://a.example/boat.png',
                  repository_url='https://c.example',
                  demo_url='https://d.example')
TEXT = Text(body='*Wood*', rendering=Rendering('<em>Wood</em>', ('https://e.example', ), 3))

OpenUow = Callable[[], SqlProjectUnitOfWork]


@pytest.fixture(name='open_uow')
def make_open_uow(site: Site) -> OpenUow:
    return lambda: SqlProjectUnitOfWork(site.house.kernel.transactions)


def stored(open_uow: OpenUow, owner_id: UUID, position: int = 0) -> Project:
    project = Project.create(owner_id=owner_id,
                             position=position,
                             details=DETAILS,
                             text=TEXT,
                             now=NOON)
    with open_uow() as uow:
        uow.projects.add(project)
        uow.commit()
    return project


def test_project_comes_back_as_it_was_stored(open_uow: OpenUow, ada: Person) -> None:
    project = stored(open_uow, ada.id)
    with open_uow() as uow:
        found = uow.projects.with_id(project.id)
        assert found is not None and found is not project
        assert asdict(found) == asdict(project)
        assert set(asdict(found)) == {field.name for field in fields(Project)}
        assert found.details == DETAILS


def test_change_of_every_field_comes_back(open_uow: OpenUow, ada: Person) -> None:
    project_id = stored(open_uow, ada.id).id
    with open_uow() as uow:
        project = uow.projects.with_id(project_id)
        assert project is not None
        text = Text(body='Iron', rendering=Rendering('<p>Iron</p>', (), 4))
        project.edit(Details(title='Hut'), text, now=LATER)
        project.position = 7
        changed = asdict(project)
        uow.commit()
    with open_uow() as uow:
        found = uow.projects.with_id(project_id)
        assert found is not None and asdict(found) == changed


def test_shelf_holds_the_owner_s_projects_in_order_without_their_texts(
        open_uow: OpenUow, ada: Person, ben: Person) -> None:
    second, first = stored(open_uow, ada.id, 4), stored(open_uow, ada.id, 2)
    stored(open_uow, ben.id, 3)
    with open_uow() as uow:
        shelf = uow.projects.shelf_of(ada.id)
        assert [project.id for project in shelf.projects] == [first.id, second.id]
        with pytest.raises(InvalidRequestError):
            _ = shelf.projects[0].body


def test_places_change_without_a_new_version(open_uow: OpenUow, ada: Person) -> None:
    ids = [stored(open_uow, ada.id, place).id for place in range(3)]
    with open_uow() as uow:
        uow.projects.shelf_of(ada.id).arrange(ids[::-1])
        uow.commit()
    with open_uow() as uow:
        shelf = uow.projects.shelf_of(ada.id)
        assert [project.id for project in shelf.projects] == ids[::-1]
        assert [project.position for project in shelf.projects] == [0, 1, 2]
        assert {project.version for project in shelf.projects} == {1}


def test_removed_project_is_gone(open_uow: OpenUow, ada: Person) -> None:
    project_id = stored(open_uow, ada.id).id
    with open_uow() as uow:
        project = uow.projects.with_id(project_id)
        assert project is not None
        uow.projects.remove(project)
        uow.commit()
    with open_uow() as uow:
        assert uow.projects.with_id(project_id) is None


def test_writing_over_an_unseen_version_is_refused(open_uow: OpenUow, site: Site,
                                                   ada: Person) -> None:
    project_id = stored(open_uow, ada.id).id
    with open_uow() as uow:
        project = uow.projects.with_id(project_id)
    assert project is not None
    site.execute('UPDATE project SET version = 2')
    project.edit(replace(project.details, title='Hut'), None, now=LATER)
    with open_uow() as uow:
        uow.projects.add(project)
        with pytest.raises(VersionMismatch):
            uow.commit()
