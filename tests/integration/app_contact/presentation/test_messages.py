from typing import Any

import pytest

from tests.authors import Person, Site
from tests.conftest import MakeHouse

MESSAGES = '/v1/contact/messages'
NOBODY_S = f'{MESSAGES}/019e0000-0000-7000-8000-ffffffffffff'
LISTED = [
    'id', 'type', 'title', 'body', 'status', 'sender', 'replies_count', 'version', 'created_at',
    'updated_at'
]


def refusal(answer: Any) -> tuple[int, str]:
    assert answer.content_type == 'application/problem+json', answer.text
    return answer.status_code, answer.get_json()['code']


def write(sender: Person, about: str, /, **changed: Any) -> Any:
    body = {'type_id': about, 'title': 'The oar', 'body': 'I lost it by the lake.'}
    return sender.post(MESSAGES, json=body | changed)


def address(message: dict[str, Any]) -> str:
    return f"{MESSAGES}/{message['id']}"


def jobs(site: Site) -> list[tuple[str, str]]:
    rows = site.execute("SELECT args -> 'arguments' ->> 'kind' AS kind, "
                        "args -> 'arguments' ->> 'recipient_id' AS recipient "
                        "FROM procrastinate_jobs WHERE task_name = 'contact.send_mail' "
                        'ORDER BY id')
    return [(row.kind, row.recipient) for row in rows]


def test_strangers_neither_write_nor_read(stranger: Person, message: dict[str, Any]) -> None:
    path = address(message)
    for answer in (stranger.get(MESSAGES), stranger.get(f'{MESSAGES}/mine'),
                   stranger.post(MESSAGES,
                                 json={}), stranger.get(path), stranger.patch(path, json={}),
                   stranger.delete(path), stranger.post(f'{path}/replies', json={})):
        assert refusal(answer) == (401, 'credentials_required')


def test_members_do_not_do_the_staff_s_work(ada: Person, message: dict[str, Any]) -> None:
    path = address(message)
    for answer in (ada.get(MESSAGES), ada.patch(path, json={}), ada.delete(path),
                   ada.post(f'{path}/replies', json={})):
        assert refusal(answer) == (403, 'not_permitted')


def test_a_message_is_answered_whole(ada: Person, type_id: str, site: Site) -> None:
    answer = write(ada, type_id, title=' Anna’s oar ', body='I lost it.\n\nBy the lake.')
    assert answer.status_code == 201
    message = answer.get_json()
    assert list(message) == [*LISTED[:6], 'replies', *LISTED[6:]]
    assert answer.headers['Location'] == address(message)
    assert (message['title'], message['body']) == ('Anna’s oar', 'I lost it.\n\nBy the lake.')
    assert (message['status'], message['replies'], message['version']) == ('open', [], 1)
    assert message['sender'] == {'id': str(ada.id), 'username': 'ada', 'email': 'ada@example.org'}
    assert message['type'] == {'id': type_id, 'name': 'Loss'}
    assert ada.get(address(message)).get_json() == message
    row = site.activity()[-1]
    assert (row.action, row.text) == ('message_sent', 'Wrote to the staff: “Anna’s oar”')
    assert 'lake' not in repr(site.activity())


@pytest.mark.parametrize('changed, fault', [
    ({
        'title': 'ab'
    }, ('/title', 'too_short')),
    ({
        'title': 'x' * 101
    }, ('/title', 'too_long')),
    ({
        'title': 'two\nlines'
    }, ('/title', 'control_character')),
    ({
        'title': 'a\rBcc: x@example.org'
    }, ('/title', 'control_character')),
    ({
        'body': 'too short'
    }, ('/body', 'too_short')),
    ({
        'body': 'x' * 10_001
    }, ('/body', 'too_long')),
    ({
        'type_id': 'Loss'
    }, ('/type_id', 'wrong_type')),
    ({
        'type_id': '019e0000-0000-7000-8000-ffffffffffff'
    }, ('/type_id', 'unknown')),
    ({
        'status': 'closed'
    }, ('/status', 'unknown_key')),
])
def test_a_bad_message_is_refused_and_mails_nobody(ada: Person, admin: Person, type_id: str,
                                                   changed: dict[str, Any], fault: tuple[str, str],
                                                   site: Site) -> None:
    assert admin.id
    answer = write(ada, type_id, **changed)
    assert answer.status_code == 422, answer.text
    assert [(one['pointer'], one['code']) for one in answer.get_json()['errors']] == [fault]
    assert not jobs(site) and not site.execute('SELECT 1 FROM contact_message')


def test_every_administrator_who_could_act_gets_a_mail(ada: Person, admin: Person, type_id: str,
                                                       site: Site) -> None:
    for name, verified, blocked in (('eve', True, False), ('new', False, False), ('bad', True,
                                                                                  True)):
        other = site.person(name)
        site.execute(
            'INSERT INTO account (id, email, verified_at, blocked_at, level, language, '
            'updated_at, search) VALUES (:id, :email, CASE WHEN :verified THEN now() END, '
            "CASE WHEN :blocked THEN now() END, 2, 'en', now(), '')",
            id=other.id,
            email=f'{name}@example.org',
            verified=verified,
            blocked=blocked)
    write(ada, type_id)
    eve = site.execute("SELECT id FROM account WHERE email LIKE 'eve%'")[0][0]
    assert sorted(jobs(site)) == sorted([('contact_message', str(admin.id)),
                                         ('contact_message', str(eve))])


def test_messages_count_in_the_limit_of_mails(make_house: MakeHouse) -> None:
    limited = Site(make_house(settings={'mail_limit': '2/minute'}))
    person = limited.person('cleo')
    limited.execute(
        'INSERT INTO account (id, email, verified_at, level, language, updated_at, search) '
        "VALUES (:id, 'cleo@example.org', now(), 1, 'en', now(), '')",
        id=person.id)
    type_id = str(
        limited.execute("INSERT INTO contact_type VALUES (gen_random_uuid(), 'Other', "
                        'now()) RETURNING id')[0][0])
    statuses = [write(person, type_id).status_code for _ in range(2)]
    refused = write(person, type_id)
    assert statuses == [201, 201]
    assert refusal(refused) == (429, 'too_many_mails')
    assert int(refused.headers['Retry-After']) > 0


def test_others_do_not_learn_of_a_message(ben: Person, admin: Person, message: dict[str,
                                                                                    Any]) -> None:
    assert refusal(ben.get(address(message))) == (404, 'message_not_found')
    assert admin.get(address(message)).get_json() == message
    assert ben.get(f'{MESSAGES}/mine').get_json()['messages'] == []
    for answer in (admin.get(NOBODY_S), admin.patch(NOBODY_S, json={'status': 'closed'}),
                   admin.delete(NOBODY_S), admin.post(f'{NOBODY_S}/replies', json={'body': 'x'})):
        assert refusal(answer) == (404, 'message_not_found')


def test_an_answer_reaches_the_sender(ada: Person, admin: Person, message: dict[str, Any],
                                      site: Site) -> None:
    answer = admin.post(f'{address(message)}/replies', json={'body': 'We found it.'})
    reply = answer.get_json()
    assert answer.status_code == 201
    assert list(reply) == ['id', 'body', 'author', 'created_at']
    assert reply['author'] == {'id': str(admin.id), 'username': 'root'}
    shown = ada.get(address(message)).get_json()
    assert (shown['status'], shown['replies'], shown['replies_count']) == ('answered', [reply], 1)
    assert shown['version'] == 2
    assert jobs(site)[-1] == ('contact_reply', str(ada.id))
    assert site.activity()[-1].action == 'message_answered'
    assert 'found it' not in repr(site.activity())


def test_a_closed_message_is_answered_when_it_is_open_again(admin: Person, message: dict[str, Any],
                                                            site: Site) -> None:
    path = address(message)
    assert admin.patch(path, json={'status': 'closed'}).get_json()['status'] == 'closed'
    refused = admin.post(f'{path}/replies', json={'body': 'Too late.'})
    assert refusal(refused) == (409, 'message_closed')
    told = len(site.activity())
    assert admin.patch(path, json={'status': 'closed'}).status_code == 200
    assert len(site.activity()) == told
    assert admin.patch(path, json={'status': 'open'}).get_json()['status'] == 'open'
    assert admin.post(f'{path}/replies', json={'body': 'In time.'}).status_code == 201
    assert [row.action for row in site.activity()
            ][-3:] == ['message_closed', 'message_reopened', 'message_answered']


def test_answered_is_set_by_an_answer_alone(admin: Person, message: dict[str, Any]) -> None:
    answer = admin.patch(address(message), json={'status': 'answered'})
    assert answer.status_code == 422
    assert answer.get_json()['errors'][0]['code'] == 'not_an_option'


def test_nobody_answers_a_deleted_account(admin: Person, ada: Person, message: dict[str, Any],
                                          site: Site) -> None:
    site.execute('DELETE FROM account WHERE id = :id', id=ada.id)
    refused = admin.post(f'{address(message)}/replies', json={'body': 'Hello?'})
    assert refusal(refused) == (409, 'sender_gone')
    shown = admin.get(address(message)).get_json()
    assert shown['sender'] == {'id': str(ada.id), 'username': 'ada', 'email': None}
    assert (shown['status'], shown['replies']) == ('open', [])


def test_a_deleted_message_takes_its_answers_along(admin: Person, message: dict[str, Any],
                                                   site: Site) -> None:
    path = address(message)
    admin.post(f'{path}/replies', json={'body': 'We found it.'})
    stale = admin.get(path).headers['ETag']
    admin.patch(path, json={'status': 'closed'})
    assert refusal(admin.delete(path, if_match=stale)) == (412, 'version_mismatch')
    refused = admin.patch(path, json={'status': 'open'}, if_match=stale)
    assert refusal(refused) == (412, 'version_mismatch')
    assert admin.delete(path).status_code == 204
    assert not site.execute('SELECT 1 FROM contact_reply')
    assert site.activity()[-1].action == 'message_deleted'


def titles(person: Person, query: str) -> list[str]:
    answer = person.get(f'{MESSAGES}?{query}')
    assert answer.status_code == 200, answer.text
    return [message['title'] for message in answer.get_json()['messages']]


def test_filters_combine(ada: Person, ben: Person, admin: Person, type_id: str) -> None:
    other = admin.post('/v1/contact/types', json={'name': 'Praise'}).get_json()['id']
    first = write(ada, type_id, title='Été').get_json()
    write(ben, other, title='Boat', body='What a fine harbour!').get_json()
    third = write(ada, other, title='Cabin').get_json()
    admin.patch(address(first), json={'status': 'closed'})
    assert titles(admin, '') == ['Cabin', 'Boat', 'Été']
    assert titles(admin, f'type={type_id}') == ['Été']
    assert titles(admin, f'type={type_id}&type={other}&status=open') == ['Cabin', 'Boat']
    assert titles(admin, 'q=ete') == ['Été']
    assert titles(admin, 'q=HARBOUR') == ['Boat']
    assert titles(admin, 'q=ada&status=open') == ['Cabin']
    assert titles(admin, f"since={third['created_at']}") == ['Cabin']
    assert titles(admin, f"before={third['created_at']}&status=open") == ['Boat']
    assert refusal(admin.get(f'{MESSAGES}?status=lost')) == (400, 'bad_request')


def test_own_messages_are_those_of_the_caller(ada: Person, ben: Person, type_id: str) -> None:
    write(ben, type_id, title='His own')
    mine = write(ada, type_id).get_json()
    page = ada.get(f'{MESSAGES}/mine').get_json()
    listed, = page['messages']
    assert list(listed) == LISTED
    assert listed == {name: mine[name] for name in LISTED}


@pytest.mark.parametrize('sort, wanted', [('created_at_asc', 'abc'), ('created_at_desc', 'cba'),
                                          ('title_desc', 'cba'), ('type_asc', 'bac'),
                                          ('sender_desc', 'bca'), ('status_asc', 'bca')])
def test_every_sort_option_pages_on(ada: Person, ben: Person, admin: Person, type_id: str,
                                    sort: str, wanted: str) -> None:
    early = admin.post('/v1/contact/types', json={'name': 'Early'}).get_json()['id']
    late = admin.post('/v1/contact/types', json={'name': 'Zeal'}).get_json()['id']
    first = write(ada, type_id, title='aaa').get_json()
    write(ben, early, title='bbb')
    third = write(admin, late, title='ccc').get_json()
    admin.patch(address(first), json={'status': 'closed'})
    admin.post(f'{address(third)}/replies', json={'body': 'Yes.'})
    if sort == 'sender_desc':
        wanted = 'cba'  # root, ben, ada
    seen, cursor = '', ''
    while True:
        page = admin.get(f'{MESSAGES}?sort={sort}&limit=1{cursor}').get_json()
        seen += ''.join(message['title'][0] for message in page['messages'])
        if page['next'] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == wanted


def test_the_list_names_its_sort_options(admin: Person, ada: Person) -> None:
    for page in (admin.get(f'{MESSAGES}?sort_options=only').get_json(),
                 ada.get(f'{MESSAGES}/mine?sort_options=only').get_json()):
        assert page['sort'] == 'created_at_desc'
        assert [(option['id'], option['label'])
                for option in page['sort_options']] == [('created_at', 'Recency'),
                                                        ('title', 'Title'), ('type', 'Type'),
                                                        ('sender', 'Sender'), ('status', 'Status')]
