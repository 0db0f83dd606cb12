from dataclasses import replace
from datetime import timedelta

import pytest

from talelio_backend.app_project.domain.events import (ProjectCreated, ProjectDeleted,
                                                       ProjectRendered, ProjectUpdated)
from talelio_backend.app_project.domain.project import Details, Link, Project, Rendering, Text
from talelio_backend.shared.domain.errors import VersionMismatch
from talelio_backend.shared.domain.events import Change
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import NOON

LATER = NOON + timedelta(hours=1)
DETAILS = Details(title='Boat',
                  links=(Link(label='Plans', url='https://a.example/plans'), ),
                  cover_image='https://a.example/boat.png',
                  demo_url='https://a.example/plans')
TEXT = Text(body='Wood.', rendering=Rendering('<p>Wood.</p>', ('https://a.example/oak.png', ), 1))


def a_project() -> Project:
    return Project.create(owner_id=new_id(), position=3, details=DETAILS, text=TEXT, now=NOON)


def test_new_project_is_told_with_every_address_it_names_once() -> None:
    project = a_project()
    assert (project.version, project.position, project.created_at,
            project.updated_at) == (1, 3, NOON, NOON)
    event, = project.collect_events()
    assert isinstance(event, ProjectCreated)
    assert event.links == ('https://a.example/oak.png', 'https://a.example/plans',
                           'https://a.example/boat.png')


def test_edit_tells_exactly_what_changed() -> None:
    project = a_project()
    before = project.named_addresses
    project.collect_events()
    project.edit(replace(DETAILS, title='Canoe', links=()), None, now=LATER)
    event, = project.collect_events()
    assert isinstance(event, ProjectUpdated)
    assert event.former_links == before != event.links
    assert event.changes == {
        'title': Change('Boat', 'Canoe'),
        'links': Change([{
            'label': 'Plans',
            'url': 'https://a.example/plans'
        }], [])
    }
    assert (project.version, project.updated_at) == (2, LATER)


def test_edit_that_changes_nothing_keeps_the_version_and_is_no_event() -> None:
    project = a_project()
    project.collect_events()
    project.edit(project.details, TEXT, now=LATER)
    assert (project.version, project.updated_at, project.collect_events()) == (1, NOON, [])


def test_body_changes_together_with_its_rendering() -> None:
    project = a_project()
    text = Text(body='Iron.', rendering=Rendering('<p>Iron.</p>', (), 1))
    project.edit(project.details, text, now=LATER)
    assert (project.body, project.rendering) == (text.body, text.rendering)


def test_deleted_project_names_no_address() -> None:
    project = a_project()
    project.collect_events()
    project.delete()
    event, = project.collect_events()
    assert isinstance(event, ProjectDeleted)
    assert (event.links, event.former_links) == ((), project.named_addresses)


def test_other_addresses_in_a_newer_rendering_are_told() -> None:
    project = a_project()
    before = project.named_addresses
    project.collect_events()
    project.render_anew(Text(body=project.body, rendering=project.rendering))
    assert not project.collect_events()
    project.render_anew(Text(body=project.body, rendering=replace(project.rendering, links=())))
    event, = project.collect_events()
    assert isinstance(event, ProjectRendered)
    assert event.former_links == before != event.links


def test_another_version_is_refused_with_the_present_one() -> None:
    project = a_project()
    project.expect(None)
    project.expect(1)
    with pytest.raises(VersionMismatch) as caught:
        project.expect(7)
    assert caught.value.data == {'version': 1}
