import csv
import hashlib
import json
from collections.abc import Sequence
from io import StringIO
from typing import Any

import pytest
from click.testing import CliRunner

from talelio_backend.app_activity.data.queries import SqlExportRows
from talelio_backend.app_activity.domain.chain import Row
from talelio_backend.app_activity.services.queries import ActivityFilter
from tests.authors import Person, Site
from tests.integration.app_activity.rows import LIST, write
from tests.integration.app_activity.test_chain import area_of, seal
from tests.statements import recorded

EXPORT = f'{LIST}/export'


def lines(person: Person, query: str = '') -> list[dict[str, Any]]:
    answer = person.get(f'{EXPORT}?format=ndjson{query}')
    assert answer.status_code == 200, answer.text
    assert answer.headers['Content-Type'] == 'application/x-ndjson'
    return [json.loads(line) for line in answer.text.splitlines()]


def test_export_is_for_administrators(stranger: Person, ada: Person, site: Site) -> None:
    assert (stranger.get(EXPORT).status_code, ada.get(EXPORT).status_code) == (401, 403)
    assert site.activity() == []


def test_chain_is_proven_by_the_export_alone(site: Site, admin: Person, ada: Person) -> None:
    for title in ('Äiti', '“Boat”\n', 'x\\y\u2028z'):
        ada.post('/v1/projects', json={'title': title.strip(), 'body': title})
    write(site, changes='{"price": {"before": 1.50, "after": 10000000000000000000000}}')
    seal(site)
    found = lines(admin)
    previous = '0' * 64
    for place, line in enumerate(found[:-1], start=1):
        text = json.dumps(line['content'],
                          sort_keys=True,
                          separators=(',', ':'),
                          ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        assert (line['seq'], line['prev_hash'], line['content_hash']) == (place, previous, digest)
        previous = hashlib.sha256((previous + digest).encode()).hexdigest()
        assert line['hash'] == previous
    assert len(found) >= 5
    assert [line['actor'] for line in found][-1] == 'root'
    assert (found[-1]['seq'], found[-1]['content']['action']) == (None, 'activity_exported')


def test_csv_names_people_and_things(site: Site, admin: Person, ada: Person) -> None:
    write(site, '=Created', actor_id=ada.id, impersonator_id=admin.id)
    answer = admin.get(EXPORT)
    assert answer.headers['Content-Type'] == 'text/csv; charset=utf-8'
    assert answer.headers['Content-Disposition'] == 'attachment; filename="activity.csv"'
    first, second = csv.DictReader(StringIO(answer.text, newline=''))
    assert (first['text'], first['actor'], first['impersonator']) == ("'=Created", 'ada', 'root')
    assert second['text'] == 'Exported the activity as csv'


def test_export_is_noted_in_the_name_of_the_caller(site: Site, admin: Person) -> None:
    assert admin.get(f'{EXPORT}?format=ndjson').status_code == 200
    row, = site.activity()
    assert (row.action, row.actor_id) == ('activity_exported', admin.id)


@pytest.mark.parametrize('query', ['format=xml', 'area=nothing', 'action=nothing', 'since=now'])
def test_refused_export_is_not_noted(site: Site, admin: Person, query: str) -> None:
    for method in ('GET', 'HEAD'):
        assert admin.call(method, f'{EXPORT}?{query}').status_code == 400
    assert admin.call('HEAD', EXPORT).status_code == 200
    assert site.activity() == []


def test_filters_narrow_the_export(site: Site, admin: Person, ada: Person) -> None:
    write(site, 'Lent “Boat”', actor_id=ada.id)
    write(site, 'Lent “Oar”', actor_id=ada.id)
    seal(site)
    write(site, 'Lent “Boat” again', actor_id=ada.id)
    found = lines(admin, f'&actor={ada.id}&q=boat ada')
    assert [line['content']['text'] for line in found] == ['Lent “Boat”', 'Lent “Boat” again']


def test_no_row_is_lost_that_is_sealed_meanwhile(site: Site) -> None:
    for number in range(3):
        write(site, f'{number}')
    seal(site)
    for number in range(3, 9):
        write(site, f'{number}')
    parts = SqlExportRows(site.house.kernel.read).parts(ActivityFilter(), at_most=2)
    found: list[Sequence[Row]] = []
    for number in range(6):
        if number in (2, 3):
            seal(site)
            write(site, f'{7 + number}')
        found.append(next(parts))
    texts = [row.content['text'] for part in [*found, *parts] for row in part]
    assert texts == [str(number) for number in range(11)]


def test_no_connection_is_held_between_two_parts(site: Site, admin: Person) -> None:
    for number in range(3):
        write(site, f'{number}')
    parts = SqlExportRows(site.house.kernel.read).parts(ActivityFilter(), at_most=1)
    next(parts)
    assert site.house.read_engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    with recorded(site.house) as sent:
        assert len(lines(admin)) == 4
    assert len([one for one in sent if one[0].lstrip().startswith('SELECT')]) <= 4


def test_command_writes_the_whole_log(site: Site) -> None:
    write(site, 'Lent “Äiti”')
    seal(site)
    outcome = CliRunner().invoke(area_of(site.house).commands[0], ['export', '--format', 'ndjson'])
    assert outcome.exit_code == 0
    first, second = map(json.loads, outcome.stdout.splitlines())
    assert first['content']['text'] == 'Lent “Äiti”'
    assert (second['content']['action'], second['actor']) == ('activity_exported', None)
