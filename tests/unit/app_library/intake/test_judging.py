from typing import Any

import pytest

from talelio_backend.app_library.domain.judging import Judge
from talelio_backend.app_library.domain.record import Person, Record
from talelio_backend.shared.domain.errors import Fault
from tests.fakes import NOON

JANE = Person(family_name='Austen', given_name='Jane')


def judged(**fields: Any) -> Judge:
    given: dict[str, Any] = {'row': 2, 'title': 'Emma', 'authors': (JANE, ), 'category': 'x'}
    judge = Judge(Record(**given | fields), now=NOON)
    assert (judge.wanted() is None) is bool(judge.faults)
    return judge


@pytest.mark.parametrize(('fields', 'pointer', 'code'), [
    ({'title': ''}, '/title', 'required'),
    ({'title': 'x' * 256}, '/title', 'too_long'),
    ({'title': 'a\nb'}, '/title', 'control_character'),
    ({'subtitle': 'x' * 256}, '/subtitle', 'too_long'),
    ({'authors': ()}, '/authors', 'too_few'),
    ({'authors': (JANE, JANE)}, '/authors/1', 'duplicate'),
    ({'authors': tuple(Person(family_name=str(n)) for n in range(21))}, '/authors', 'too_many'),
    ({'authors': (Person(family_name=''), )}, '/authors/0/family_name', 'required'),
    ({'authors': (Person(family_name='x' * 101), )}, '/authors/0/family_name', 'too_long'),
    ({'authors': (Person(family_name='x', role='singer'), )}, '/authors/0/role', 'not_an_option'),
    ({'category': 'x' * 41}, '/category', 'too_long'),
    ({'isbn': '9780141439588'}, '/isbn', 'wrong_check_digit'),
    ({'isbn': 'none'}, '/isbn', 'wrong_form'),
    ({'publisher': 'x' * 201}, '/publisher', 'too_long'),
    ({'year': 'MDCCC'}, '/year', 'wrong_type'),
    ({'year': '999'}, '/year', 'too_small'),
    ({'year': str(NOON.year + 2)}, '/year', 'too_large'),
    ({'language': 'not a language'}, '/language', 'wrong_form'),
    ({'language': 'x' * 36}, '/language', 'too_long'),
    ({'description': 'x' * 20_001}, '/description', 'too_long'),
    ({'description': '\x07'}, '/description', 'control_character'),
    ({'copies': 'many'}, '/copies', 'wrong_type'),
    ({'copies': '201'}, '/copies', 'too_large'),
    ({'copies': '1', 'barcodes': ('A', 'B')}, '/copies', 'too_small'),
    ({'barcodes': ('a-1', )}, '/barcodes/0', 'wrong_form'),
    ({'barcodes': ('A', 'A')}, '/barcodes/1', 'duplicate'),
    ({'barcodes': ('A' * 33, )}, '/barcodes/0', 'too_long'),
])  # yapf: disable
def test_record_is_judged_by_the_rules_of_the_api(fields: dict[str, Any], pointer: str,
                                                  code: str) -> None:
    assert [(fault.pointer, fault.code) for fault in judged(**fields).faults] == [(pointer, code)]


def test_sound_record_is_kept_in_its_usual_form() -> None:
    wanted = judged(title=' A\u0308iti ', isbn='0-14-143958-0', language='EN-gb', year='1816',
                    barcodes=('A', 'B')).wanted()  # yapf: disable
    assert wanted is not None
    assert (wanted.title, wanted.isbn13, wanted.language) == ('Äiti', '9780141439587', 'en-GB')
    assert (wanted.year, wanted.copies, wanted.item_type) == (1816, 2, None)


@pytest.mark.parametrize(('copies', 'number'), [(None, 1), ('0', 0), ('200', 200)])
def test_number_of_copies(copies: str | None, number: int) -> None:
    wanted = judged(copies=copies).wanted()
    assert wanted is not None and wanted.copies == number


def test_every_fault_is_named_at_once() -> None:
    assert len(judged(title='', isbn='x', year='x').faults) == 3


def test_record_that_could_not_be_read_is_judged_no_further() -> None:
    fault = Fault('', 'unreadable_record', 'the record ends too early')
    assert judged(title='', faults=(fault, )).faults == [fault]
