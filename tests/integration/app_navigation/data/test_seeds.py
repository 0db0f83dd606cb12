import psycopg
from sqlalchemy import make_url

from talelio_backend.app_navigation.domain.default_links import DEFAULT_LINKS
from tests.conftest import Servers, create_database


def test_a_new_installation_has_the_menu_of_the_defaults(servers: Servers,
                                                         worker_number: int) -> None:
    url = make_url(create_database(servers, f'seeds_{worker_number}'))
    with psycopg.connect(
            url.set(drivername='postgresql').render_as_string(hide_password=False)) as link:
        rows = link.execute('SELECT id, text, target, icon, weight, position, access_level '
                            'FROM menu_link').fetchall()
    assert {
        row[0]: row[1:]
        for row in rows
    } == {
        link_id:
        (details.text, details.target, details.icon, details.weight, details.position.value,
         int(details.access_level))
        for link_id, details in DEFAULT_LINKS.items()
    }
