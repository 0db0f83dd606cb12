from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from talelio_backend.app_activity.domain.entry import Entry, area_of, entry_of
from talelio_backend.app_article.domain.events import ArticlePublished
from talelio_backend.shared.domain.events import Change, ChangedEvent, Event, Target

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
CALLER, ADMIN, OWNER = UUID(int=1), UUID(int=2), UUID(int=3)


@dataclass(frozen=True, kw_only=True)
class BoatPainted(ChangedEvent):
    action = 'boat_painted'
    activity = 'Painted “{name}”'

    name: str

    @property
    def target(self) -> Target:
        return Target('boat', OWNER, self.name)


@dataclass(frozen=True, kw_only=True)
class BoatRegistered(BoatPainted):
    action = 'boat_registered'
    activity = 'Registered “{name}”'

    @property
    def actor_id(self) -> UUID:
        return OWNER


@dataclass(frozen=True, kw_only=True)
class BoatDriftedOff(BoatPainted):
    action = 'boat_drifted_off'
    activity = 'Lost “{name}”'

    by_itself = True


@dataclass(frozen=True, kw_only=True)
class BoatSeen(Event):
    action = None
    activity = None


def entry(event: Event) -> Entry | None:
    return entry_of(event, now=NOW, actor_id=CALLER, impersonator_id=ADMIN, request_id='r-1')


def test_row_says_who_did_what_to_which_thing() -> None:
    row = entry(BoatPainted(name='Tern'))
    assert row is not None
    assert (row.action, row.text, row.created_at) == ('boat_painted', 'Painted “Tern”', NOW)
    assert (row.actor_id, row.impersonator_id, row.request_id) == (CALLER, ADMIN, 'r-1')
    assert (row.target_type, row.target_id, row.target_label) == ('boat', str(OWNER), 'Tern')
    assert row.changes is None


def test_event_that_is_declared_as_not_recorded_has_no_row() -> None:
    assert entry(BoatSeen()) is None


def test_event_may_name_its_own_actor() -> None:
    row = entry(BoatRegistered(name='Tern'))
    assert row is not None and row.actor_id == OWNER


def test_text_is_one_short_line() -> None:
    row = entry(BoatPainted(name='x' * 400))
    assert row is not None
    assert len(row.text) == 300 and row.text.endswith('…')


def test_changes_are_kept_and_long_ones_cut() -> None:
    row = entry(BoatPainted(name='Tern', changed={'note': Change('a' * 501, 'b' * 500)}))
    assert row is not None and row.changes is not None
    before, after = row.changes['note']['before'], row.changes['note']['after']
    assert len(before) == 500 and before.endswith('…')
    assert after == 'b' * 500


def test_area_is_that_of_the_class() -> None:
    assert area_of(ArticlePublished) == 'article'


def test_what_happens_by_itself_has_no_actor() -> None:
    row = entry(BoatDriftedOff(name='Tern'))
    assert row is not None
    assert (row.actor_id, row.impersonator_id, row.request_id) == (None, None, 'r-1')
