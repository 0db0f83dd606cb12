"""A catalogue that is written as the staff writes it: over HTTP."""

from typing import Any

from werkzeug.test import TestResponse

from talelio_backend.shared.domain.ids import new_id
from tests.authors import Person, Site

AUTHORS, CATEGORIES = '/v1/library/authors', '/v1/library/categories'
BOOKS, COPIES = '/v1/library/books', '/v1/library/copies'
# Of books that there are none of.
NOBODY = '01900000-0000-7000-8000-00000000dead'


class Catalogue:
    """``category_id`` and ``author_id`` are those that a book has where a test does not care."""

    def __init__(self, site: Site, admin: Person) -> None:
        self.site = site
        self.admin = admin
        self.category_id = self.category('Novels')
        self.author_id = self.author('Austen', 'Jane')

    def category(self, name: str) -> str:
        return str(made(self.admin.post(CATEGORIES, json={'name': name}))['id'])

    def author(self, family_name: str, given_name: str | None = None) -> str:
        names = {'family_name': family_name, 'given_name': given_name}
        return str(made(self.admin.post(AUTHORS, json=names))['id'])

    def fields(self, **more: Any) -> dict[str, Any]:
        return {
            'title': 'Emma',
            'authors': [{
                'author_id': self.author_id
            }],
            'category_id': self.category_id
        } | more

    def post(self, **more: Any) -> TestResponse:
        return self.admin.post(BOOKS, json=self.fields(**more))

    def book(self, **more: Any) -> dict[str, Any]:
        return made(self.post(**more))

    def patch(self, book: dict[str, Any], **changes: Any) -> TestResponse:
        return self.admin.patch(f"{BOOKS}/{book['id']}",
                                json=changes,
                                if_match=f'"v{book["version"]}"')

    def edited(self, book: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return done(self.patch(book, **changes))

    def now(self, book: dict[str, Any]) -> dict[str, Any]:
        """The book as it is at this moment."""
        return done(self.admin.get(f"{BOOKS}/{book['id']}"))

    def turn(self, book: dict[str, Any], verb: str) -> TestResponse:
        return self.admin.post(f"{BOOKS}/{book['id']}/{verb}")

    def copies(self, book: dict[str, Any]) -> list[dict[str, Any]]:
        found = done(self.admin.get(f"{BOOKS}/{book['id']}/copies", query_string={'limit': 100}))
        copies: list[dict[str, Any]] = found['copies']
        return copies

    def borrow(self, book: dict[str, Any], who: Person) -> dict[str, Any]:
        return made(who.post('/v1/library/loans', json={'book_id': book['id']}))

    def wait(self, book: dict[str, Any], who: Person) -> dict[str, Any]:
        return made(who.post('/v1/library/holds', json={'book_id': book['id']}))

    def keep(self, book: dict[str, Any], who: Person) -> dict[str, Any]:
        """A copy for somebody: the last one was out, is back, and waits to be collected."""
        reader = self.site.member(f'before-{who.name}')
        loan = self.borrow(book, reader)
        hold = self.wait(book, who)
        done(reader.post(f"/v1/library/loans/{loan['id']}/return"))
        return hold

    def told(self) -> list[tuple[str, str]]:
        """Action and text of what the activity tells, oldest first, of this area."""
        return [(row.action, row.text) for row in self.site.activity() if row.area == 'library']


def picture(site: Site, owner: Person) -> str:
    """A stored image, as an upload leaves it; its files are not looked at here."""
    image_id = new_id()
    site.execute(
        'INSERT INTO image (id, owner_id, sha256, file_name, content_type, extension, width, '
        'height, size, created_at, alt, version, variants_status, variants) VALUES (:id, :owner, '
        "decode(md5(CAST(:id AS text)), 'hex'), 'cover.png', 'image/png', 'png', 400, 600, 1000, "
        "now() - interval '2 days', :empty, 1, 'ready', CAST(:variants AS jsonb))",
        id=image_id,
        owner=owner.id,
        empty='',
        variants='[{"width": 320, "height": 480, "size": 100}]')
    return str(image_id)


def made(answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    content: dict[str, Any] = answer.get_json()
    return content


def done(answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.get_json()
    return content


def refused(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    problem: dict[str, Any] = answer.get_json()
    assert (answer.status_code, problem['code']) == (status, code), answer.text
    return problem


def faults(answer: TestResponse) -> list[tuple[str, str]]:
    """Where a body is refused, and why."""
    problem = refused(answer, 422, 'validation_failed')
    return [(fault['pointer'], fault['code']) for fault in problem['errors']]
