"""A library whose shelves a test fills through the endpoints that staff use."""

from collections.abc import Mapping
from typing import Any

from tests.authors import Person

LIBRARY = '/v1/library'
AUTHORS, CATEGORIES = f'{LIBRARY}/authors', f'{LIBRARY}/categories'
ITEM_TYPES, BOOKS = f'{LIBRARY}/item-types', f'{LIBRARY}/books'
NOBODY = '019e0000-0000-7000-8000-ffffffffffff'
BOTH = (AUTHORS, CATEGORIES)


def refusal(answer: Any) -> tuple[int, str]:
    assert answer.content_type == 'application/problem+json', answer.text
    return answer.status_code, answer.get_json()['code']


def faults(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code in (400, 422), answer.text
    return [(fault['pointer'], fault['code']) for fault in answer.get_json()['errors']]


class Shelf:

    def __init__(self, admin: Person) -> None:
        self._admin = admin

    def author(self, family_name: str, given_name: str | None = None) -> str:
        """The id of a new author."""
        return self._made(AUTHORS, {'family_name': family_name, 'given_name': given_name})

    def category(self, name: str) -> str:
        return self._made(CATEGORIES, {'name': name})

    def book(self, title: str, *, category: str, authors: Mapping[str, str], **more: Any) -> str:
        """``authors`` are roles by the author's id."""
        parts = [{'author_id': author, 'role': role} for author, role in authors.items()]
        return self._made(BOOKS, {
            'title': title,
            'category_id': category,
            'authors': parts
        } | more)

    def lend(self, book: str, borrower: Person) -> str:
        answer = borrower.post(f'{LIBRARY}/loans', json={'book_id': book})
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()['id'])

    def do(self, path: str, action: str) -> dict[str, Any]:
        """Deactivates or restores what stands at ``path``."""
        answer = self._admin.post(f'{path}/{action}')
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.get_json()
        return shown

    def shown(self, path: str) -> dict[str, Any]:
        answer = self._admin.get(path)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def _made(self, path: str, body: dict[str, Any]) -> str:
        answer = self._admin.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()['id'])
