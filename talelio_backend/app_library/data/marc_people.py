"""People in MARC records: names, and what they did by the relator codes of MARC."""

import re
from collections.abc import Iterator

from talelio_backend.app_library.data.marc_punctuation import without_end
from talelio_backend.app_library.data.marc_record import DataField, MarcRecord
from talelio_backend.app_library.domain.record import Person
from talelio_backend.shared.domain.errors import Fault

PEOPLE = ('100', '110', '111', '700', '710', '711')
_PERSONAL = ('100', '700')
CODES = {
    'author': 'aut',
    'editor': 'edt',
    'translator': 'trl',
    'illustrator': 'ill',
    'contributor': 'ctb'
}
_ROLES = {
    code: role
    for role, code in CODES.items()
} | {
    'cre': 'author',
    'edc': 'editor',
    'com': 'editor',
    'art': 'illustrator',
    'pht': 'illustrator',
    'oth': 'contributor'
}
_LETTERS = re.compile('[^a-z]+')
# What keeps a family name whole that has a comma in it; $9 is there for local use.
FAMILY = '9'


def people_of(record: MarcRecord) -> tuple[tuple[Person, ...], list[Fault]]:
    """Who had a part in the book, one for each that they had, and what was not understood."""
    people: list[Person] = []
    remarks: list[Fault] = []
    for field in record.of(*PEOPLE):
        name = field.first('a')
        if field.first('t') is not None or name is None:
            continue  # another work that this one has to do with
        for code, role in _roles(field):
            if role is None:
                detail = f'nobody knows the part “{code[:40]}”: taken for a contributor'
                remarks.append(Fault(f'/authors/{len(people)}/role', 'not_understood', detail))
            people.append(_person(field, name, role or 'contributor'))
    return tuple(people), remarks


def _person(field: DataField, name: str, role: str) -> Person:
    name = without_end(name)
    if field.tag not in _PERSONAL or field.indicators[:1] == '0':
        return Person(family_name=name, role=role)
    whole = field.first(FAMILY)
    if whole is not None and name.startswith(whole):
        family, given = whole, name[len(whole):].lstrip(',')
    else:
        family, _, given = name.partition(',')
    return Person(family_name=family.strip(), given_name=given.strip() or None, role=role)


def _roles(field: DataField) -> Iterator[tuple[str, str | None]]:
    """As the codes say, else as the words do."""
    codes = [code.rstrip('/').rpartition('/')[2].strip().casefold() for code in field.all('4')]
    terms = [_LETTERS.sub(' ', term.casefold()).strip() for term in field.all('e')]
    if codes:
        yield from ((code, _ROLES.get(code)) for code in codes)
    elif terms:
        yield from ((term, term if term in CODES else None) for term in terms)
    else:
        yield '', 'author'
