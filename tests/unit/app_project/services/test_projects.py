import pytest

from talelio_backend.app_project.domain.errors import OrderStale, ProjectNotFound
from talelio_backend.app_project.domain.events import ProjectDeleted, ProjectsReordered
from talelio_backend.app_project.domain.project import Details
from talelio_backend.app_project.services.projects import ProjectService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import NotYours, VersionMismatch
from talelio_backend.shared.domain.ids import new_id
from talelio_backend.shared.services.authentication import Caller
from tests.fakes import FakeClock
from tests.fakes_article import WordRenderer
from tests.fakes_project import FakeProjectUnitOfWork

OWNER = Caller(account_id=new_id(), level=Level.MEMBER)
OTHER = Caller(account_id=new_id(), level=Level.MEMBER)
ADMIN = Caller(account_id=new_id(), level=Level.ADMIN)
UNCHANGED: dict[str, str] = {}


class Desk:
    """The service with its fakes and one project."""

    def __init__(self) -> None:
        self.uow = FakeProjectUnitOfWork()
        self.markdown = WordRenderer()
        self.service = ProjectService(open_uow=lambda: self.uow,
                                      markdown=self.markdown,
                                      clock=FakeClock())
        self.boat = self.service.create(owner_id=OWNER.member_id,
                                        details=Details(title='Boat'),
                                        body='Wood\r\n')

    def rename(self, caller: Caller, expected_version: int | None = None) -> None:
        self.service.edit(project_id=self.boat,
                          caller=caller,
                          changes={'title': 'Canoe'},
                          body=None,
                          expected_version=expected_version)


@pytest.fixture(name='desk')
def make_desk() -> Desk:
    return Desk()


def test_projects_are_put_at_the_end(desk: Desk) -> None:
    other = desk.service.create(owner_id=OTHER.member_id, details=Details(title='Hut'), body='')
    second = desk.service.create(owner_id=OWNER.member_id, details=Details(title='Raft'), body='')
    assert [desk.uow.stored[key].position for key in (desk.boat, other, second)] == [0, 0, 1]


def test_line_ends_are_stored_as_line_feeds(desk: Desk) -> None:
    assert desk.uow.stored[desk.boat].body == 'Wood\n'


def test_edit_leaves_what_it_does_not_name(desk: Desk) -> None:
    desk.rename(OWNER)
    project = desk.uow.stored[desk.boat]
    assert (project.title, project.body, project.version) == ('Canoe', 'Wood\n', 2)
    assert len(desk.markdown.rendered) == 1


def test_body_can_be_emptied(desk: Desk) -> None:
    desk.service.edit(project_id=desk.boat,
                      caller=OWNER,
                      changes=UNCHANGED,
                      body='',
                      expected_version=None)
    assert desk.uow.stored[desk.boat].body == ''


def test_older_version_is_refused(desk: Desk) -> None:
    desk.rename(OWNER)
    with pytest.raises(VersionMismatch):
        desk.rename(OWNER, expected_version=1)


def test_admin_changes_projects_of_others(desk: Desk) -> None:
    desk.rename(ADMIN)
    assert desk.uow.stored[desk.boat].owner_id == OWNER.account_id


def test_project_of_another_is_not_theirs(desk: Desk) -> None:
    with pytest.raises(NotYours):
        desk.rename(OTHER)
    with pytest.raises(NotYours):
        desk.service.delete(project_id=desk.boat, caller=OTHER, expected_version=None)


def test_unknown_project_is_not_found(desk: Desk) -> None:
    with pytest.raises(ProjectNotFound):
        desk.service.delete(project_id=new_id(), caller=OWNER, expected_version=None)


def test_deleted_project_is_gone(desk: Desk) -> None:
    desk.service.delete(project_id=desk.boat, caller=OWNER, expected_version=1)
    assert not desk.uow.stored
    assert isinstance(desk.uow.events[-1], ProjectDeleted)


def test_own_projects_are_put_in_order(desk: Desk) -> None:
    raft = desk.service.create(owner_id=OWNER.member_id, details=Details(title='Raft'), body='')
    desk.service.put_in_order(owner_id=OWNER.member_id, ids=[raft, desk.boat])
    assert [desk.uow.stored[key].position for key in (raft, desk.boat)] == [0, 1]
    assert isinstance(desk.uow.events[-1], ProjectsReordered)


def test_projects_of_another_are_no_part_of_the_order(desk: Desk) -> None:
    with pytest.raises(OrderStale):
        desk.service.put_in_order(owner_id=OTHER.member_id, ids=[desk.boat])


def test_rendering_anew_is_no_new_version_and_no_event(desk: Desk) -> None:
    project = desk.uow.stored[desk.boat]
    happened = len(desk.uow.events)
    desk.markdown.version = 2
    assert desk.service.render_anew(project.id, project.body)
    assert (project.rendering.renderer, project.version) == (2, 1)
    assert len(desk.uow.events) == happened


def test_project_that_went_away_or_was_edited_is_not_rendered_anew(desk: Desk) -> None:
    assert not desk.service.render_anew(desk.boat, 'What it was before.')
    assert not desk.service.render_anew(new_id(), 'Wood\n')
