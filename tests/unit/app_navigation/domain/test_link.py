from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talelio_backend.app_navigation.domain.address import check_address
from talelio_backend.app_navigation.domain.default_links import DEFAULT_LINKS
from talelio_backend.app_navigation.domain.errors import BadTarget
from talelio_backend.app_navigation.domain.events import LinkCreated, LinkDeleted, LinkUpdated
from talelio_backend.app_navigation.domain.link import Details, MenuLink, Position
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.errors import VersionMismatch
from talelio_backend.shared.domain.events import Change
from tests.fakes import NOON

DETAILS = Details(text='Home',
                  target='home',
                  position=Position.NAVBAR,
                  access_level=Level.EVERYONE)


def made() -> MenuLink:
    link = MenuLink.create(DETAILS, now=NOON)
    link.collect_events()
    return link


@pytest.mark.parametrize('address', [
    'home', 'my-books', 'A_1', '/', '/library', '/library?sort=title#top', '/ä',
    'https://example.org', 'http://example.org/a?b=c', 'mailto:anna@example.org',
    'mailto:anna@example.org?subject=Hello'
])
def test_routes_paths_and_addresses_are_targets(address: str) -> None:
    check_address(address)


@pytest.mark.parametrize('address', [
    '', '1home', 'my books', 'home/more', '//host', '/\\host', '///host', '/a b', '/a\tb', '/a\\b',
    'javascript:alert(1)', 'JavaScript:alert(1)', ' javascript:alert(1)', 'java\nscript:alert(1)',
    'data:text/html,x', 'vbscript:x', 'ftp://example.org', 'https://', 'http:example.org',
    'mailto:', 'mailto:nobody', 'mailto:a@b@c', 'mailto://example.org', 'https://[', '/a\x00'
])
def test_anything_else_is_no_target(address: str) -> None:
    with pytest.raises(BadTarget):
        check_address(address)


@given(st.text(max_size=30))
def test_no_target_is_a_script(rest: str) -> None:
    for scheme in ('javascript:', 'data:', 'vbscript:', '//', '/\\'):
        with pytest.raises(BadTarget):
            check_address(scheme + rest)


def test_a_new_link_is_told() -> None:
    link = MenuLink.create(DETAILS, now=NOON)
    assert link.collect_events() == [LinkCreated(link_id=link.id, text='Home')]
    assert link.details == DETAILS and link.version == 1


def test_an_edit_tells_exactly_what_changed() -> None:
    link = made()
    link.edit(replace(DETAILS, weight=5, access_level=Level.ADMIN), expected_version=1, now=NOON)
    told, = link.collect_events()
    assert isinstance(told, LinkUpdated)
    assert told.changes == {'weight': Change(0, 5), 'access_level': Change('everyone', 'admin')}
    assert link.version == 2


def test_an_edit_that_changes_nothing_is_none() -> None:
    link = made()
    link.edit(DETAILS, expected_version=None, now=NOON)
    assert not link.collect_events() and link.version == 1


def test_an_edit_of_an_older_version_is_refused() -> None:
    link = made()
    with pytest.raises(VersionMismatch):
        link.edit(replace(DETAILS, weight=5), expected_version=3, now=NOON)
    with pytest.raises(VersionMismatch):
        link.delete(expected_version=3)
    assert not link.collect_events() and link.weight == 0


def test_a_deletion_is_told() -> None:
    link = made()
    link.delete(expected_version=None)
    assert link.collect_events() == [LinkDeleted(link_id=link.id, text='Home')]


def test_the_menu_of_the_beginning_has_what_a_site_needs() -> None:
    shown = {(details.text, details.access_level, details.position)
             for details in DEFAULT_LINKS.values()}
    for text in ('Home', 'Library', 'Articles', 'Map', 'Jukebox'):
        assert (text, Level.EVERYONE, Position.NAVBAR) in shown
    for text in ('Log in', 'Register'):
        assert (text, Level.LOGGED_OUT, Position.NAVBAR) in shown
    for text in ('My books', 'Contact'):
        assert (text, Level.MEMBER, Position.NAVBAR) in shown
    for text in ('Dashboard', 'Control panel', 'Activity'):
        assert (text, Level.ADMIN, Position.ADMIN_NAVBAR) in shown
    assert ('Back to the site', Level.ADMIN, Position.ADMIN_FOOTER) in shown
    assert {position for _text, _level, position in shown} >= {Position.HEADER, Position.HIDDEN}
    assert len(DEFAULT_LINKS) == len(shown)
