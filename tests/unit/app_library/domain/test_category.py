import pytest

from talelio_backend.app_library.domain.category import Category
from talelio_backend.app_library.domain.errors import AlreadyActive, AlreadyInactive
from talelio_backend.app_library.domain.events import (CategoryCreated, CategoryDeactivated,
                                                       CategoryRestored, CategoryUpdated)
from talelio_backend.shared.domain.events import Change
from tests.fakes import NOON


@pytest.fixture(name='novels')
def make_novels() -> Category:
    category = Category.create(name='Novels', now=NOON)
    assert category.collect_events() == [CategoryCreated(category_id=category.id, name='Novels')]
    return category


def test_a_new_name_is_told_and_the_present_one_is_not(novels: Category) -> None:
    assert not novels.rename('Novels', now=NOON)
    assert novels.rename('novels', now=NOON)
    assert novels.collect_events() == [
        CategoryUpdated(category_id=novels.id,
                        name='novels',
                        changed={'name': Change('Novels', 'novels')})
    ]


def test_a_category_is_deactivated_and_restored_once(novels: Category) -> None:
    novels.deactivate(now=NOON)
    assert (novels.is_active, novels.deactivated_at) == (False, NOON)
    with pytest.raises(AlreadyInactive):
        novels.deactivate(now=NOON)
    novels.restore(now=NOON)
    assert (novels.is_active, novels.deactivated_at) == (True, None)
    with pytest.raises(AlreadyActive):
        novels.restore(now=NOON)
    assert novels.collect_events() == [
        CategoryDeactivated(category_id=novels.id, name='Novels'),
        CategoryRestored(category_id=novels.id, name='Novels')
    ]
