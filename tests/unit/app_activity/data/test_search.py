from talelio_backend.app_activity.data.search import search_query, search_vector


def test_words_are_folded_and_numbered() -> None:
    assert search_vector('Published “Äiti’s_Boat”',
                         'Straße') == ("'published':1 'aiti':2 's':3 'boat':4 'strasse':5")


def test_nothing_of_a_text_is_syntax() -> None:
    assert search_vector("it's \\ & | ! ( ) <-> :*") == "'it':1 's':2"
    assert search_query("it's & boat") == "'it' & 's' & 'boat'"


def test_text_without_a_word_asks_for_none() -> None:
    assert search_query('… !') is None
    assert search_vector('', None) == ''


def test_endless_word_fits_into_a_lexeme() -> None:
    assert len(search_vector('語' * 5000).encode()) < 2046
