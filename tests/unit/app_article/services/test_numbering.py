import pytest

from talelio_backend.app_article.services.numbering import claim_free
from talelio_backend.shared.domain.errors import Busy
from talelio_backend.shared.domain.ids import new_id
from tests.fakes_article import InMemorySlugs


def test_free_slug_is_taken_as_it_is() -> None:
    slugs = InMemorySlugs({'river-walk': new_id()})
    assert claim_free(slugs, 'river', new_id()) == 'river'
    assert slugs.look_ups == 0


def test_taken_slug_gets_the_first_free_number() -> None:
    slugs = InMemorySlugs({'river': new_id(), 'river-2': new_id(), 'river-4': new_id()})
    assert claim_free(slugs, 'river', new_id()) == 'river-3'


def test_own_slug_counts_as_free() -> None:
    own = new_id()
    slugs = InMemorySlugs({'river': new_id(), 'river-2': own})
    assert claim_free(slugs, 'river', own) == 'river-2'


def test_number_that_somebody_takes_meanwhile_is_passed_over() -> None:
    slugs = InMemorySlugs({'river': new_id()})
    slugs.contested = {'river-2', 'river-3'}
    assert claim_free(slugs, 'river', new_id()) == 'river-4'


def test_many_taken_numbers_cost_few_look_ups() -> None:
    slugs = InMemorySlugs({'river': new_id()} | {f'river-{n}': new_id() for n in range(2, 251)})
    assert claim_free(slugs, 'river', new_id()) == 'river-251'
    assert slugs.look_ups == 3


def test_a_hundred_lost_races_are_enough() -> None:
    slugs = InMemorySlugs({'river': new_id()})
    slugs.contested = {f'river-{n}' for n in range(2, 1000)}
    with pytest.raises(Busy):
        claim_free(slugs, 'river', new_id())
