from functools import partial
from typing import Any

from tests.authors import Person, Site
from tests.parallel import at_once

MESSAGES, TYPES = '/v1/contact/messages', '/v1/contact/types'


def test_twenty_answers_at_once_are_twenty_answers(admin: Person, message: dict[str, Any],
                                                   site: Site) -> None:
    path = f"{MESSAGES}/{message['id']}"
    answers = at_once(20, lambda number: admin.post(f'{path}/replies', json={'body': f'{number}'}))
    assert {answer.status_code for answer in answers} == {201}
    shown = admin.get(path).get_json()
    assert (shown['status'], shown['replies_count'], shown['version']) == ('answered', 20, 21)
    mails = site.execute("SELECT count(*) FROM procrastinate_jobs "
                         "WHERE args -> 'arguments' ->> 'kind' = 'contact_reply'")
    assert mails[0][0] == 20


def _delete_or_write(admin: Person, writer: Person, type_id: str, number: int) -> int:
    if number == 0:
        return admin.delete(f'{TYPES}/{type_id}').status_code
    body = {'type_id': type_id, 'title': 'The oar', 'body': 'I lost it by the lake.'}
    return writer.post(MESSAGES, json=body).status_code


def test_no_message_loses_its_type_though_both_come_at_once(ada: Person, admin: Person,
                                                            site: Site) -> None:
    for number in range(10):
        type_id = admin.post(TYPES, json={'name': f'Type {number}'}).get_json()['id']
        deleted, *written = at_once(4, partial(_delete_or_write, admin, ada, type_id))
        left = site.execute('SELECT count(*) FROM contact_message WHERE type_id = :id',
                            id=type_id)[0][0]
        assert deleted in (204, 409) and set(written) <= {201, 422}
        assert left == written.count(201)
        assert (deleted == 204) == (left == 0)
