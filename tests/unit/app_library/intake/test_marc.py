from typing import Any

import pytest
from pymarc import Field, Indicators
from pymarc import Record as Marc
from pymarc import Subfield

from talelio_backend.app_library.data.languages import code_of, tag_of
from talelio_backend.app_library.data.marc_binary import MarcRecords
from talelio_backend.app_library.data.marc_punctuation import ended, without_end
from talelio_backend.app_library.data.marc_xml import MarcXmlRecords
from talelio_backend.app_library.domain.record import FileUnreadable, Record

HEAD = '<collection xmlns="http://www.loc.gov/MARC21/slim">'


def field(tag: str, indicators: str, *subfields: tuple[str, str]) -> Field:
    return Field(tag, Indicators(*indicators), [Subfield(*one) for one in subfields])


def marc(*fields: Field, fixed: str = '') -> bytes:
    record: Any = Marc(force_utf8=True)
    if fixed:
        record.add_field(Field('008', data=fixed))
    for one in fields:
        record.add_field(one)
    return bytes(record.as_marc())


def one(*fields: Field, fixed: str = '') -> Record:
    record, = MarcRecords().records(marc(*fields, fixed=fixed))
    assert record.faults == ()
    return record


def xml(content: str) -> list[Record]:
    raw = content.encode()
    records = [*MarcXmlRecords().records(raw)]
    assert MarcXmlRecords().count(raw) == len(records)
    return records


def test_fields_are_mapped_and_their_punctuation_is_taken_off() -> None:
    record = one(field('020', '  ', ('a', '0141439580 (pbk.) :')),
                 field('041', '1 ', ('a', 'eng'), ('h', 'fre')),
                 field('100', '1 ', ('a', 'Austen, Jane,'), ('d', '1775-1817'), ('4', 'aut')),
                 field('245', '10', ('a', 'Emma :'), ('b', 'a novel /'), ('c', 'Jane Austen.')),
                 field('264', ' 4', ('c', '©1999')),
                 field('264', ' 1', ('a', 'London :'), ('b', 'Murray,'), ('c', '[1816?]')),
                 field('520', '  ', ('a', 'Handsome, clever, and rich.')),
                 field('650', ' 0', ('a', 'Matchmaking.'), ('v', 'Fiction')),
                 field('655', ' 7', ('a', 'Novels')),
                 field('700', '1 ', ('a', 'King, M. L.'), ('e', 'editor.')),
                 field('876', '  ', ('p', 'A-1')), field('876', '  ', ('p', ' A-2')))
    assert (record.row, record.title, record.subtitle) == (1, 'Emma', 'a novel')
    assert [(who.family_name, who.given_name, who.role)
            for who in record.authors] == [('Austen', 'Jane', 'author'),
                                           ('King', 'M. L.', 'editor')]
    assert (record.isbn, record.publisher, record.year) == ('0141439580', 'Murray', '1816')
    assert (record.language, record.category) == ('en', 'Matchmaking')
    assert record.description == 'Handsome, clever, and rich.'
    assert (record.barcodes, record.copies, record.remarks) == (('A-1', 'A-2'), None, ())


@pytest.mark.parametrize(('subfield', 'role', 'remarked'), [
    (('4', 'trl'), 'translator', False),
    (('4', 'http://id.loc.gov/vocabulary/relators/ill'), 'illustrator', False),
    (('e', 'Translator,'), 'translator', False),
    (('4', 'nrt'), 'contributor', True),
    (('d', '1900-'), 'author', False),
])
def test_relators_become_roles(subfield: tuple[str, str], role: str, remarked: bool) -> None:
    record = one(field('700', '1 ', ('a', 'Bell, Ada'), subfield))
    assert [who.role for who in record.authors] == [role]
    assert [fault.pointer for fault in record.remarks] == ['/authors/0/role'] * remarked


def test_one_who_had_two_parts_is_named_for_each() -> None:
    record = one(field('100', '1 ', ('a', 'Bell, Ada'), ('4', 'aut'), ('4', 'ill')))
    assert [who.role for who in record.authors] == ['author', 'illustrator']


def test_one_name_corporate_name_and_other_works() -> None:
    record = one(field('100', '0 ', ('a', 'Plato.')), field('710', '2 ', ('a', 'Acme, Inc.')),
                 field('700', '12', ('a', 'Bell, Ada'), ('t', 'Another work')))
    assert [(who.family_name, who.given_name) for who in record.authors] == [('Plato', None),
                                                                             ('Acme, Inc', None)]


def test_fixed_field_gives_language_and_year_where_no_other_does() -> None:
    record = one(field('245', '00', ('a', 'Kalevala')), fixed='850101s1849    fi ' + ' ' * 17 +
                 'fin  ')  # yapf: disable
    assert (record.year, record.language) == ('1849', 'fi')


def test_what_is_not_understood_is_named() -> None:
    record = one(field('020', '  ', ('a', 'none')), field('020', '  ', ('a', '9780141439587')),
                 field('020', '  ', ('a', '0141439580')), field('020', '  ', ('a', '0306406152')),
                 field('260', '  ', ('c', 'n.d.')), field('942', '  ', ('c', 'BK')))
    assert (record.isbn, record.year, record.item_type) == ('9780141439587', None, None)
    assert [fault.pointer for fault in record.remarks] == ['/isbn', '/isbn', '/year', '/item_type']
    assert {fault.code for fault in record.remarks} == {'not_understood'}


def test_marc8_is_read() -> None:
    # MARC-8 writes a diacritic before its letter: E8 is the diaeresis of ANSEL.
    raw = marc(field('245', '00', ('a', 'x' * 4))).replace(b'xxxx', b'\xe8aiti')
    raw = raw[:9] + b' ' + raw[10:]
    record, = MarcRecords().records(_lengthened(raw))
    assert (record.title, record.faults) == ('äiti', ())


def _lengthened(raw: bytes) -> bytes:
    """With the lengths of a field that became a byte longer."""
    return b'%05d' % len(raw) + raw[5:27] + b'%04d' % (int(raw[27:31]) + 1) + raw[31:]


def test_character_that_is_none_is_a_fault() -> None:
    raw = marc(field('245', '00', ('a', 'xxxx'))).replace(b'xxxx', b'x\xff\xffx')
    record, = MarcRecords().records(raw[:9] + b' ' + raw[10:])
    assert [fault.code for fault in record.faults] == ['unreadable_record']
    record, = MarcRecords().records(raw)
    assert [fault.code for fault in record.faults] == ['unreadable_record']


def test_broken_record_spoils_no_other() -> None:
    good = marc(field('245', '00', ('a', 'Emma')))
    content = good + b'99999' + good[5:] + b'00030nam' + b'x' * 21 + b'\x1d\r\n' + good + good[:-9]
    records = [*MarcRecords().records(content)]
    assert MarcRecords().count(content) == len(records) == 5
    assert [(one_.row, one_.title, len(one_.faults)) for one_ in records] == [(1, 'Emma', 0),
                                                                              (2, 'Emma', 0),
                                                                              (3, '', 1),
                                                                              (4, 'Emma', 0),
                                                                              (5, '', 1)]


@pytest.mark.parametrize('content', [b'', b'title,authors\n', b'\x1d\x1d', b'<collection/>'])
def test_file_without_records_is_unreadable(content: bytes) -> None:
    with pytest.raises(FileUnreadable) as refused:
        MarcRecords().count(content)
    assert refused.value.fault.code == 'unreadable_file'


def test_marcxml_is_read_with_and_without_its_namespace() -> None:
    body = ('<record><leader>x</leader><controlfield tag="008">x</controlfield>'
            '<datafield tag="245" ind1="0" ind2="0"><subfield code="a">Emma &amp; co. /'
            '</subfield></datafield></record>')
    assert [one_.title for one_ in xml(f'{HEAD}{body}{body}</collection>')] == ['Emma & co.'] * 2
    assert [one_.title for one_ in xml(body)] == ['Emma & co.']
    assert xml(f'{HEAD}</collection>') == []


def test_field_without_tag_spoils_its_record_alone() -> None:
    bad = '<record><datafield><subfield code="a">x</subfield></datafield></record>'
    first, second = xml(f'{HEAD}{bad}<record/></collection>')
    assert [fault.code for fault in first.faults] == ['unreadable_record']
    assert second.faults == ()


BOMB = ('<!DOCTYPE c [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        '<collection><record>&b;</record></collection>')
OUTSIDE = '<!DOCTYPE c SYSTEM "file:///etc/passwd"><collection/>'


@pytest.mark.parametrize(('content', 'code'), [
    (BOMB, 'document_type'),
    (OUTSIDE, 'document_type'),
    ('<!DOCTYPE collection><collection/>', 'document_type'),
    (f'{HEAD}&eacute;</collection>', 'unreadable_file'),
    (f'{HEAD}<record>', 'unreadable_file'),
    ('', 'unreadable_file'),
    ('<html/>', 'unreadable_file'),
    ('<?xml version="1.0" encoding="klingon"?><collection/>', 'unreadable_file'),
])
def test_document_type_and_broken_xml_fail_the_file(content: str, code: str) -> None:
    with pytest.raises(FileUnreadable) as refused:
        MarcXmlRecords().count(content.encode())
    assert refused.value.fault.code == code


@pytest.mark.parametrize(('text', 'left'), [
    ('Emma /', 'Emma'), ('Emma:', 'Emma'), ('Emma.', 'Emma'), ('King, M. L.', 'King, M. L.'),
    ('And then...', 'And then...'), ('Smith, Jr.', 'Smith, Jr.'), ('x ; ;', 'x ;'), ('.', ''),
    ('', ''),
])  # yapf: disable
def test_one_mark_is_taken_off(text: str, left: str) -> None:
    assert without_end(text) == left


@pytest.mark.parametrize('text', ['Emma', 'Emma.', 'A', 'A.', 'x ;', '...', 'Dr', 'ö/'])
def test_what_was_ended_comes_back(text: str) -> None:
    assert without_end(ended(text)) == text


@pytest.mark.parametrize(('code', 'tag'), [('eng', 'en'), ('ger', 'de'), ('deu', 'de'),
                                           ('sms', 'sms'), ('und', None), ('   ', None)])
def test_codes_of_languages_become_tags(code: str, tag: Any) -> None:
    assert tag_of(code) == tag


def test_tags_become_codes() -> None:
    assert [code_of(tag) for tag in ('en-GB', 'de', 'sms', None, 'x-own')
            ] == ['eng', 'ger', 'sms', 'und', 'und']
