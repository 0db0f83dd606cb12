"""Imports and exports as staff make them, and the worker's part in them."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from tests.authors import Person, Site

IMPORTS, EXPORT, METADATA = '/v1/library/imports', '/v1/library/export', '/v1/library/metadata'
COLUMNS = ('title', 'subtitle', 'authors', 'category', 'isbn', 'publisher', 'year', 'language',
           'item_type', 'description', 'copies', 'barcodes')
EMMA = {'title': 'Emma', 'authors': 'Austen, Jane', 'category': 'Novels', 'isbn': '9780141439587'}


def table(*rows: Mapping[str, str], columns: Sequence[str] = COLUMNS, delimiter: str = ',') -> str:
    written = StringIO()
    writer = csv.DictWriter(written, columns, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def post(person: Person,
         content: str | bytes,
         *,
         media_type: str = 'text/csv',
         query: str = 'dry_run=false') -> Any:
    raw = content.encode() if isinstance(content, str) else content
    return person.post(f'{IMPORTS}?{query}', data=raw, content_type=media_type)


def work(site: Site) -> None:
    """Does what waits for the worker, oldest first."""
    handlers = {handler.name: handler for handler in site.house.handlers}
    while True:
        rows = site.execute("DELETE FROM procrastinate_jobs WHERE id = "
                            "(SELECT min(id) FROM procrastinate_jobs WHERE status = 'todo' "
                            "AND task_name LIKE 'library.%') RETURNING task_name, args")
        if not rows:
            return
        handlers[rows[0].task_name].run(**rows[0].args['arguments'])


def imported(site: Site, person: Person, content: str | bytes, **how: Any) -> dict[str, Any]:
    """The import when it has ended."""
    answer = post(person, content, **how)
    assert answer.status_code == 202, answer.text
    work(site)
    found: Any = person.get(answer.headers['Location']).get_json()
    assert isinstance(found, dict)
    return found


def counts(found: Mapping[str, Any]) -> tuple[int, int, int, int]:
    return found['created'], found['updated'], found['skipped'], found['failed']


def problems(found: Mapping[str, Any]) -> list[tuple[int, str, str]]:
    return [(one['row'], one['pointer'], one['code']) for one in found['problems']]


def catalogue(person: Person) -> list[dict[str, str]]:
    """What the export holds, by column."""
    answer = person.get(f'{EXPORT}?format=csv')
    assert answer.status_code == 200, answer.text
    return [*csv.DictReader(StringIO(answer.text, newline=''))]
