from dataclasses import FrozenInstanceError, dataclass

import pytest

from talelio_backend.shared.domain.events import (Change, ChangedEvent, Event, UndeclaredEvent,
                                                  changes_between, check_declared)


@dataclass(frozen=True, kw_only=True)
class DoorEvent(Event):
    door: str


@dataclass(frozen=True, kw_only=True)
class DoorOpened(DoorEvent):
    action = 'door.open'
    activity = 'opened {door}'


@dataclass(frozen=True, kw_only=True)
class DoorRenamed(DoorEvent, ChangedEvent):
    action = 'door.rename'
    activity = 'renamed {door}'


@dataclass(frozen=True, kw_only=True)
class DoorPainted(Event):
    action = None
    activity = None


class Undeclared(Event):
    pass


class OnlyAction(Event):
    action = 'door.close'


class HalfSilent(Event):
    action = 'door.lock'
    activity = None


def test_declared_event_and_silent_event_pass() -> None:
    check_declared(DoorOpened)
    check_declared(DoorPainted)


@pytest.mark.parametrize('event_class', [Undeclared, OnlyAction, HalfSilent])
def test_event_without_its_whole_declaration_is_refused(event_class: type[Event]) -> None:
    with pytest.raises(UndeclaredEvent, match=event_class.__name__):
        check_declared(event_class)


def test_event_cannot_be_changed_afterwards() -> None:
    happened = DoorOpened(door='front')
    with pytest.raises(FrozenInstanceError):
        setattr(happened, 'door', 'back')


def test_changes_name_the_fields_that_differ_with_both_values() -> None:
    before = {'title': 'Old', 'tags': ['a'], 'kept': 1}
    after = {'title': 'New', 'tags': ['a'], 'kept': 1, 'subtitle': 'Born'}
    assert changes_between(before, after) == {
        'title': Change('Old', 'New'),
        'subtitle': Change(None, 'Born'),
    }


def test_nothing_changed_gives_no_changes() -> None:
    assert not changes_between({'title': 'Same'}, {'title': 'Same'})


def test_edit_tells_its_changes() -> None:
    edited = DoorRenamed(door='front', changed={'name': Change('Front', 'Street')})
    assert edited.changes == {'name': Change('Front', 'Street')}
    assert not DoorOpened(door='front').changes
