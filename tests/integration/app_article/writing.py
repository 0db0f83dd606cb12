"""What tests of articles say again and again."""

from typing import Any

from tests.authors import Person

ARTICLES = '/v1/articles'


def write(author: Person, title: str = 'River', **more: Any) -> dict[str, Any]:
    """A new article; answers its document."""
    answer = author.post(ARTICLES, json={'title': title, 'body': 'Down it goes.'} | more)
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.get_json()
    return document


def draft(author: Person, title: str = 'River', **more: Any) -> dict[str, Any]:
    return write(author, title, status='draft', **more)


def titles(person: Person, path: str) -> list[str]:
    """The titles in a list of articles, in its order."""
    answer = person.get(path)
    assert answer.status_code == 200, answer.text
    return [article['title'] for article in answer.get_json()['articles']]


def refusal(answer: Any) -> tuple[int, str]:
    """Status and code of a problem."""
    assert answer.content_type == 'application/problem+json', answer.text
    return answer.status_code, answer.get_json()['code']


def faults(answer: Any) -> list[tuple[str, str]]:
    """Pointer and code of each fault of a 422 or 400."""
    assert answer.status_code in (400, 422), answer.text
    return [(fault['pointer'], fault['code']) for fault in answer.get_json()['errors']]
