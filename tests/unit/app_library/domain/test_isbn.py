import pytest
from hypothesis import given
from hypothesis import strategies as st

from talelio_backend.app_library.domain.isbn import NoIsbn, WrongCheckDigit, isbn10_of, isbn13_of

DIGITS = '0123456789'
BODIES = st.text(alphabet=DIGITS, min_size=9, max_size=9)


def check13(body: str) -> str:
    """By the definition: the weighted sum with the check digit is a multiple of ten."""
    sums = {
        digit: sum(int(each) * weight for each, weight in zip(body + digit, (1, 3) * 6 + (1, )))
        for digit in DIGITS
    }
    return next(digit for digit, total in sums.items() if total % 10 == 0)


@given(BODIES, st.sampled_from(['978', '979']))
def test_every_whole_number_is_taken_as_it_is(body: str, prefix: str) -> None:
    whole = prefix + body + check13(prefix + body)
    assert isbn13_of(whole) == whole


@given(BODIES)
def test_both_lengths_name_one_book(body: str) -> None:
    whole = f'978{body}{check13(f"978{body}")}'
    short = isbn10_of(whole)
    assert short is not None and short[:9] == body
    assert isbn13_of(short) == isbn13_of(short.lower()) == whole


@given(BODIES, st.integers(0, 12), st.sampled_from(DIGITS))
def test_one_wrong_digit_is_noticed(body: str, place: int, digit: str) -> None:
    whole = f'978{body}{check13(f"978{body}")}'
    mistyped = whole[:place] + digit + whole[place + 1:]
    if mistyped == whole:
        assert isbn13_of(mistyped) == whole
    else:
        with pytest.raises(NoIsbn):
            isbn13_of(mistyped)


@given(BODIES, st.integers(0, 8))
def test_swapped_neighbours_in_ten_digits_are_noticed(body: str, place: int) -> None:
    short = isbn10_of(f'978{body}{check13(f"978{body}")}')
    assert short is not None
    swapped = short[:place] + short[place + 1] + short[place] + short[place + 2:]
    if swapped != short:
        with pytest.raises(NoIsbn):
            isbn13_of(swapped)


@given(BODIES)
def test_there_is_no_short_number_behind_979(body: str) -> None:
    assert isbn10_of(f'979{body}{check13(f"979{body}")}') is None


@pytest.mark.parametrize(('sent', 'kept'), [
    ('0-306-40615-2', '9780306406157'),
    ('978-0-306-40615-7', '9780306406157'),
    (' 978 0 306 40615 7 ', '9780306406157'),
    ('978\u20110\u2013306\u00a040615\u22127', '9780306406157'),
    ('080442957X', '9780804429573'),
    ('0-8044-2957-x', '9780804429573'),
    ('979-10-90636-07-1', '9791090636071'),
])
def test_hyphens_and_spaces_are_put_aside(sent: str, kept: str) -> None:
    assert isbn13_of(sent) == kept


@pytest.mark.parametrize('sent', ['0306406153', '9780306406158', '0-8044-2957-0'])
def test_a_wrong_check_digit_is_told_apart(sent: str) -> None:
    with pytest.raises(WrongCheckDigit):
        isbn13_of(sent)


@pytest.mark.parametrize('sent', [
    '', '-', '978030640615', '97803064061577', '9770306406157', '03064061X2', 'X306406152',
    '978030640615X', '٩٧٨٠٣٠٦٤٠٦١٥٧', '978_0306406157', 'ISBN 0306406152'
])
def test_what_is_no_number_of_a_book_is_refused(sent: str) -> None:
    with pytest.raises(NoIsbn) as refused:
        isbn13_of(sent)
    assert refused.type is NoIsbn
