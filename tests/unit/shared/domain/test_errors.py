import pytest

from talelio_backend.shared.domain.errors import (Conflict, DomainError, Fault, Invalid,
                                                  TooManyRequests)


class ShelfFull(Conflict):
    code = 'shelf_full'
    title = 'The shelf {shelf} holds {count} books already.'


class Hurried(TooManyRequests):
    code = 'hurried'
    title = 'Wait {retry_after} seconds.'


def test_detail_is_the_title_with_the_data() -> None:
    error = ShelfFull(shelf='A3', count=12)
    assert error.detail == 'The shelf A3 holds 12 books already.'
    assert error.data == {'shelf': 'A3', 'count': 12}


def test_data_is_never_read_as_a_template() -> None:
    assert ShelfFull(shelf='{count.__class__}',
                     count=1).detail.startswith('The shelf {count.__class__} ')


def test_text_of_an_error_is_its_code() -> None:
    assert str(ShelfFull(shelf='A3', count=12)) == 'shelf_full'


def test_too_many_requests_says_how_long_to_wait() -> None:
    error = Hurried(retry_after=7)
    assert error.retry_after == 7
    assert error.detail == 'Wait 7 seconds.'


def test_invalid_names_every_fault() -> None:
    faults = Fault('/a', 'required', 'x'), Fault('/b', 'too_long', 'y')
    assert Invalid(*faults).faults == faults


def test_kinds_can_be_caught_as_one() -> None:
    with pytest.raises(DomainError):
        raise ShelfFull(shelf='A3', count=12)
