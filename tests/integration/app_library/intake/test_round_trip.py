"""What is exported comes back: nothing new in the same library, the same catalogue in another."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.authors import Person, Site
from tests.intake import EXPORT, catalogue, counts, imported, problems, table

# Of a house, each example takes a second.
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
MEDIA_TYPES = {'csv': 'text/csv', 'marcxml': 'application/marcxml+xml'}
# Whatever a line may hold; XML has no way to say U+FFFE and U+FFFF.
LETTERS = st.characters(exclude_categories=('Cc', 'Cs'), exclude_characters='\ufffe\uffff')
AWKWARD = st.sampled_from([
    '=1+1', '+x', '-x', '@x', "'=x", "''", 'a;b', 'a|b', 'a, b', 'a\\', '"', 'Emma.', 'Emma /',
    'A.', 'x ; ;', '<&>', '...', "'", '\u2028 x', ','
])


def lines(most: int) -> Any:

    def kept(text: str) -> bool:
        return bool(text.strip())

    return st.one_of(AWKWARD, st.text(LETTERS, min_size=1, max_size=most).filter(kept))


PERSON = st.tuples(lines(8), st.one_of(st.none(), lines(8)),
                   st.sampled_from(['author', 'editor', 'translator', 'illustrator']))
# Cells are trimmed: what surrounds a description is the one thing that a file does not carry.
BOOK = st.fixed_dictionaries({
    'title': lines(12),
    'subtitle': st.one_of(st.none(), lines(12)),
    'people': st.lists(PERSON, min_size=1, max_size=3),
    'category': lines(10),
    'publisher': st.one_of(st.none(), lines(12)),
    'year': st.one_of(st.none(), st.integers(1000, 2020)),
    'language': st.sampled_from([None, 'en', 'en-GB', 'zh-Hant', 'sms', 'x-own']),
    'item_type': st.sampled_from(['regular', 'novel']),
    'description': st.one_of(st.just(''), lines(20).map(str.strip),
                             st.just('one\r\ntwo\n\tthree\rfour')),
    'copies': st.integers(0, 3),
})  # yapf: disable


def empty(site: Site) -> None:
    for name in ('copy', 'book_author', 'book', 'author', 'category', 'import'):
        site.execute(f'DELETE FROM library_{name}')
    site.execute('DELETE FROM procrastinate_jobs')


def shelve(site: Site, admin: Person, books: list[dict[str, Any]]) -> None:
    """By the endpoints, as staff would; what they refuse is left out."""
    del site
    for place, book in enumerate(books):
        category = admin.post('/v1/library/categories', json={'name': book['category']})
        category_id = category.get_json().get('id') or next(
            one['id']
            for one in admin.get('/v1/library/categories?limit=100').get_json()['categories']
            if one['name'].casefold() == book['category'].strip().casefold())
        authors = []
        for family, given_name, role in book['people']:
            author = admin.post('/v1/library/authors',
                                json={
                                    'family_name': family,
                                    'given_name': given_name
                                })
            authors.append({'author_id': author.get_json()['id'], 'role': role})
        fields = {
            name: book[name]
            for name in ('title', 'subtitle', 'publisher', 'year', 'language', 'item_type',
                         'description')
        }
        answer = admin.post('/v1/library/books',
                            json={
                                **fields, 'title': f'{book["title"]} {place}',
                                'category_id': category_id,
                                'authors': authors,
                                'number_owned': book['copies']
                            })
        assert answer.status_code == 201, answer.text


@pytest.mark.parametrize('format_', ['csv', 'marcxml'])
@settings(max_examples=5,
          phases=WITHOUT_SHRINKING,
          deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(books=st.lists(BOOK, min_size=1, max_size=3))
def test_export_comes_back_as_it_was(site: Site, admin: Person, format_: str,
                                     books: list[dict[str, Any]]) -> None:
    empty(site)
    shelve(site, admin, books)
    before = catalogue(admin)
    file = admin.get(f'{EXPORT}?format={format_}').get_data()
    again = imported(site, admin, file, media_type=MEDIA_TYPES[format_])
    # A name that one person has twice is one of the few things that a file cannot tell.
    assert counts(again)[:2] == (0, 0), problems(again)
    assert catalogue(admin) == before
    refused = again['failed']
    empty(site)
    other = imported(site, admin, file, media_type=MEDIA_TYPES[format_])
    if not refused:
        assert counts(other) == (len(books), 0, 0, 0), other['problems']
        assert catalogue(admin) == before
        assert other['problems'] == []


ROW = st.fixed_dictionaries({
    'title': st.sampled_from(['Emma', 'EMMA', 'Persuasion', '']),
    'authors': st.sampled_from(['Austen, Jane', 'AUSTEN, Jane', 'Bell', 'Bell|singer', '']),
    'category': st.sampled_from(['Novels', 'novels', 'Letters']),
    'isbn': st.sampled_from(['', '', '9780141439587', '0306406152', '9780141439588']),
    'year': st.sampled_from(['', '1816', '1']),
    'copies': st.sampled_from(['', '0', '3']),
    'barcodes': st.sampled_from(['', '', 'A-1', 'A-1;A-2', 'A-2']),
})  # yapf: disable


@pytest.mark.parametrize('duplicates', ['skip', 'update', 'add_copies'])
@settings(max_examples=5,
          phases=WITHOUT_SHRINKING,
          deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(there=st.lists(ROW, max_size=3), rows=st.lists(ROW, min_size=1, max_size=8))
def test_dry_run_reports_what_the_real_run_does(site: Site, admin: Person, duplicates: str,
                                                there: list[dict[str, str]],
                                                rows: list[dict[str, str]]) -> None:
    empty(site)
    imported(site, admin, table(*there))
    before = catalogue(admin)
    known = site.execute('SELECT count(*) FROM library_author')
    rehearsed = imported(site, admin, table(*rows), query=f'duplicates={duplicates}')
    assert catalogue(admin) == before
    assert site.execute('SELECT count(*) FROM library_author') == known
    real = imported(site, admin, table(*rows), query=f'dry_run=false&duplicates={duplicates}')
    assert counts(rehearsed) == counts(real)
    assert rehearsed['problems'] == real['problems']
