import pytest

from talelio_backend.shared.domain.ids import new_id
from tests.authors import Person, Site
from tests.integration.app_library.waiting.desk import FAVOURITES, Desk, faults, refusal


def mark(person: Person, book_id: object) -> str:
    answer = person.post(FAVOURITES, json={'book_id': str(book_id)})
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()['id'])


def names(person: Person, query: str = '') -> list[str]:
    answer = person.get(f'{FAVOURITES}{query}')
    assert answer.status_code == 200, answer.text
    return [favourite['book']['title'] for favourite in answer.get_json()['favourites']]


@pytest.mark.parametrize('call', [('GET', FAVOURITES), ('POST', FAVOURITES),
                                  ('DELETE', f'{FAVOURITES}/{new_id()}')])
def test_stranger_has_no_favourites(stranger: Person, call: tuple[str, str]) -> None:
    assert refusal(stranger.call(*call)) == (401, 'credentials_required')


def test_favourite_is_shown_with_its_book(desk: Desk, ada: Person, site: Site) -> None:
    book = desk.shelves.book('Emma')
    answer = ada.post(FAVOURITES, json={'book_id': str(book.id)})
    favourite = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers['Location'] == f"{FAVOURITES}/{favourite['id']}"
    assert set(favourite) == {'id', 'book', 'created_at'}
    assert favourite['book'] == {
        'id': str(book.id),
        'title': 'Emma',
        'active': True,
        'cover': None
    }
    listed = ada.get(FAVOURITES)
    assert listed.get_json()['favourites'] == [favourite]
    assert listed.headers['Cache-Control'] == 'private, no-store'
    row = site.activity()[-1]
    assert (row.action, row.text, row.target_type,
            row.target_id) == ('favourite_added', 'Marked “Emma” as a favourite', 'book',
                               str(book.id))


def test_book_is_a_favourite_once(desk: Desk, ada: Person, ben: Person) -> None:
    book = desk.shelves.book()
    favourite_id = mark(ada, book.id)
    again = ada.post(FAVOURITES, json={'book_id': str(book.id)})
    assert refusal(again) == (409, 'already_favourite')
    assert again.get_json()['favourite_id'] == favourite_id
    mark(ben, book.id)


def test_inactive_books_are_marked_and_stay_marked(desk: Desk, ada: Person, site: Site) -> None:
    mark(ada, desk.shelves.book('Emma', active=False).id)
    mark(ada, desk.shelves.book('Persuasion').id)
    site.execute('UPDATE library_book SET deactivated_at = now()')
    books = [row['book'] for row in ada.get(FAVOURITES).get_json()['favourites']]
    assert [(book['title'], book['active']) for book in books] == [('Persuasion', False),
                                                                   ('Emma', False)]


def test_nothing_but_a_book_is_marked(desk: Desk, ada: Person) -> None:
    unknown = ada.post(FAVOURITES, json={'book_id': str(new_id())})
    assert faults(unknown) == [('/book_id', 'unknown')]
    body = {'book_id': str(desk.shelves.book().id), 'id': str(new_id())}
    assert faults(ada.post(FAVOURITES, json=body)) == [('/id', 'unknown_key')]
    assert names(ada) == []


def test_the_owner_alone_removes_a_favourite(desk: Desk, ada: Person, ben: Person, admin: Person,
                                             site: Site) -> None:
    favourite = f'{FAVOURITES}/{mark(ada, desk.shelves.book().id)}'
    for person in (ben, admin):
        assert refusal(person.delete(favourite)) == (404, 'favourite_not_found')
    answer = ada.delete(favourite)
    assert (answer.status_code, answer.data) == (204, b'')
    assert refusal(ada.delete(favourite)) == (404, 'favourite_not_found')
    assert site.activity()[-1].text == 'Removed “Emma” from the favourites'


def test_staff_sees_whose_favourites_there_are(desk: Desk, ada: Person, ben: Person,
                                               admin: Person) -> None:
    mark(ben, desk.shelves.book('Emma').id)
    mark(ada, desk.shelves.book('Persuasion').id)
    assert refusal(ada.get(f'{FAVOURITES}?scope=all')) == (403, 'not_permitted')
    rows = admin.get(f'{FAVOURITES}?scope=all').get_json()['favourites']
    assert [row['member']['username'] for row in rows] == ['ada', 'ben']
    assert names(admin) == []
    assert names(admin, '?scope=all&sort=member_desc') == ['Emma', 'Persuasion']


def test_sort_options(desk: Desk, ada: Person, admin: Person) -> None:
    for title in ('emma', 'Emma', 'Persuasion'):
        mark(ada, desk.shelves.book(title).id)
    mine = ada.get(f'{FAVOURITES}?sort_options=only').get_json()
    assert mine['sort'] == 'created_at_desc'
    assert mine['sort_options'] == [{
        'id': 'created_at',
        'label': 'Added'
    }, {
        'id': 'title',
        'label': 'Title'
    }]
    all_ = admin.get(f'{FAVOURITES}?sort_options=only').get_json()['sort_options']
    assert [option['label'] for option in all_] == ['Added', 'Title', 'Member']
    assert refusal(ada.get(f'{FAVOURITES}?sort=member_asc')) == (400, 'bad_request')
    assert names(ada, '?sort=title_desc') == ['Persuasion', 'Emma', 'emma']
    first = ada.get(f'{FAVOURITES}?sort=title_asc&limit=2').get_json()
    assert names(ada, f"?sort=title_asc&limit=2&cursor={first['next']}") == ['Persuasion']
