from talelio_backend.app_article.domain.tags import first_duplicate, tag_slug


def test_tags_are_equal_by_slug() -> None:
    assert tag_slug('Día de Lluvia') == tag_slug('dia-de lluvia')


def test_tag_without_letters_has_a_slug() -> None:
    assert tag_slug('!!!') == 'tag'


def test_first_duplicate_is_named_as_typed() -> None:
    assert first_duplicate(('Rivers', 'lakes', 'RIVERS', 'lakes')) == 'RIVERS'


def test_different_tags_hold_no_duplicate() -> None:
    assert first_duplicate(('river', 'rivers')) is None
