import pytest

from talelio_backend.app_library.domain.author import Author
from talelio_backend.app_library.domain.errors import AlreadyActive, AlreadyInactive
from talelio_backend.app_library.domain.events import (AuthorCreated, AuthorDeactivated,
                                                       AuthorRestored, AuthorUpdated)
from talelio_backend.shared.domain.events import Change
from tests.fakes import NOON, FakeClock


@pytest.fixture(name='jane')
def make_jane() -> Author:
    author = Author.create(given_name='Jane', family_name='Austen', now=NOON)
    author.collect_events()
    return author


@pytest.mark.parametrize('given_name, family_name, full_name', [('Jane', 'Austen', 'Jane Austen'),
                                                                (None, 'Homer', 'Homer'),
                                                                ('', 'Homer', 'Homer')])
def test_an_only_name_is_the_family_name(given_name: str | None, family_name: str,
                                         full_name: str) -> None:
    author = Author.create(given_name=given_name, family_name=family_name, now=NOON)
    assert author.full_name == full_name
    assert author.given_name == (given_name or None)
    assert author.collect_events() == [AuthorCreated(author_id=author.id, name=full_name)]


def test_a_new_name_is_told_with_what_changed(jane: Author) -> None:
    clock = FakeClock()
    clock.advance(days=1)
    assert jane.rename({'given_name': None, 'family_name': 'Austen'}, now=clock.now())
    event, = jane.collect_events()
    assert event == AuthorUpdated(author_id=jane.id,
                                  name='Austen',
                                  changed={'given_name': Change('Jane', None)})
    assert (jane.full_name, jane.updated_at, jane.created_at) == ('Austen', clock.now(), NOON)


def test_the_present_name_is_no_change(jane: Author) -> None:
    assert not jane.rename({'given_name': 'Jane', 'family_name': 'Austen'}, now=NOON)
    nameless = Author.create(given_name=None, family_name='Homer', now=NOON)
    nameless.collect_events()
    assert not nameless.rename({'given_name': ''}, now=NOON)
    assert not jane.collect_events() + nameless.collect_events()


def test_an_author_is_deactivated_and_restored_once(jane: Author) -> None:
    jane.deactivate(now=NOON)
    assert (jane.is_active, jane.deactivated_at) == (False, NOON)
    with pytest.raises(AlreadyInactive):
        jane.deactivate(now=NOON)
    jane.restore(now=NOON)
    assert (jane.is_active, jane.deactivated_at) == (True, None)
    with pytest.raises(AlreadyActive):
        jane.restore(now=NOON)
    assert jane.collect_events() == [
        AuthorDeactivated(author_id=jane.id, name='Jane Austen'),
        AuthorRestored(author_id=jane.id, name='Jane Austen')
    ]
