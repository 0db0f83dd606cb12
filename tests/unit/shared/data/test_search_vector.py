from talelio_backend.shared.data.search_vector import (rank_query, search_query, search_vector,
                                                       weighted_vector)


def test_words_are_folded_and_numbered() -> None:
    assert search_vector('Published “Äiti’s_Boat”',
                         'Straße') == ("'published':1 'aiti':2 's':3 'boat':4 'strasse':5")


def test_words_carry_the_weight_of_their_part() -> None:
    assert weighted_vector(A='Emma', B=None, C='Jane Austen') == "'emma':1A 'jane':2C 'austen':3C"


def test_nothing_of_a_text_is_syntax() -> None:
    assert search_vector("it's \\ & | ! ( ) <-> :*") == "'it':1 's':2"
    assert search_query("it's & boat") == "'it' & 's' & 'boat'"


def test_last_word_may_be_the_beginning_of_one() -> None:
    assert search_query('Jane Aus', prefix=True) == "'jane' & 'aus':*"
    assert rank_query('Jane Aus', prefix=True) == "'jane' | 'aus':*"


def test_text_without_a_word_asks_for_none() -> None:
    assert search_query('… !', prefix=True) is None
    assert search_vector('', None) == weighted_vector(A='', B=None) == ''


def test_endless_word_fits_into_a_lexeme() -> None:
    assert len(search_vector('語' * 5000).encode()) < 2046
