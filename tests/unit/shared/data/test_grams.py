from talelio_backend.shared.data.grams import gram_query, gram_vector


def test_every_place_begins_a_gram() -> None:
    assert gram_vector('emma') == "'a' 'emm' 'ma' 'mma'"


def test_needle_asks_for_all_its_grams() -> None:
    assert gram_query('emma') == "'emm' & 'mma'"


def test_short_needle_asks_for_the_beginning_of_one() -> None:
    assert gram_query('ma') == "'ma':*"
    assert gram_query('%') == "'%':*"


def test_empty_needle_asks_for_nothing() -> None:
    assert gram_query('') is None
    assert gram_vector('') == ''


def test_nothing_of_a_text_is_syntax() -> None:
    assert gram_query("'") == "'''':*"
    assert gram_query('\\') == "'\\\\':*"
    assert gram_vector("a'") == "'''' 'a'''"
