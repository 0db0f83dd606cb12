"""How PostgreSQL answers for 150,000 copies: by index, whatever the page's length."""

from typing import Any

import pytest

from benchmarks.library_rows import row_id
from tests.authors import Person, Site
from tests.integration.app_library.books.catalogue import BOOKS, COPIES, done
from tests.plans import planned
from tests.statements import recorded

OF_BOOK = f"{BOOKS}/{row_id('book', 9)}/copies"


def plan(site: Site, statement: str, parameters: Any) -> list[tuple[str, str]]:
    nodes = planned(site.house.read_engine, statement, parameters)
    return [(node['Node Type'], node['Relation Name']) for node in nodes
            if 'Relation Name' in node]


@pytest.mark.parametrize('path', [
    COPIES, f'{COPIES}?sort=id_desc', f'{COPIES}?barcode=00000009', OF_BOOK,
    f"{COPIES}/{row_id('copy', 9)}"
])
def test_copies_are_found_by_index(big_library: Site, staff: Person, path: str) -> None:
    with recorded(big_library.house) as sent:
        done(staff.get(path))
    read = plan(big_library, *sent[-1])
    assert ('Index Scan', 'library_copy') in read or ('Index Only Scan', 'library_copy') in read
    assert not [scan for scan in read if scan[0] == 'Seq Scan' and scan[1].startswith('library_')]


@pytest.mark.parametrize('path', [COPIES, OF_BOOK])
def test_a_longer_page_costs_no_further_statement(big_library: Site, staff: Person,
                                                  path: str) -> None:
    sizes = []
    for limit in (1, 100):
        with recorded(big_library.house) as sent:
            done(staff.get(path, query_string={'limit': limit}))
        sizes.append(len(sent))
    assert sizes[0] == sizes[1]
