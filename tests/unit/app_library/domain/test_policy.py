from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talelio_backend.app_library.domain.circulation_events import (PolicyCreated, PolicyDeleted,
                                                                   PolicyUpdated)
from talelio_backend.app_library.domain.errors import DefaultPolicy
from talelio_backend.app_library.domain.policy import Policy, resolve
from talelio_backend.app_library.domain.terms import Terms
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.events import Change
from tests.fakes import NOON
from tests.fakes_library_desk import TERMS, make_policy

SCOPES = ((Level.MEMBER, 'novel'), (Level.MEMBER, None), (None, 'novel'))


@pytest.mark.parametrize('present',
                         [chosen for size in range(4) for chosen in combinations(SCOPES, size)])
def test_most_specific_policy_counts(present: tuple[tuple[Level | None, str | None], ...]) -> None:
    policies = [make_policy(), make_policy(Level.ADMIN, 'novel'), make_policy(None, 'fiction')]
    policies += [make_policy(*scope) for scope in present]
    found = resolve(reversed(policies), level=Level.MEMBER, item_type='novel')
    first = next((scope for scope in SCOPES if scope in present), (None, None))
    assert (found.policy.access_level, found.policy.item_type) == first
    named = [name for name, part in zip(('access_level', 'item_type'), first) if part is not None]
    assert found.because == ('+'.join(named) or 'default')


def test_catch_all_keeps_no_scope_and_stays() -> None:
    policy = make_policy()
    for scope in ({'access_level': Level.ADMIN}, {'item_type': 'novel'}):
        with pytest.raises(DefaultPolicy):
            policy.change(scope)
    with pytest.raises(DefaultPolicy):
        policy.delete()
    policy.change({'access_level': None, 'item_type': None, 'length_days': 5})
    assert policy.length_days == 5


def test_what_is_told_of_a_policy() -> None:
    policy = Policy.create(access_level=Level.ADMIN, item_type='novel', now=NOON, **TERMS)
    policy.change({'length_days': 20})  # as it is
    policy.change({'access_level': Level.MEMBER, 'overdue_cap': Decimal('5.00')})
    policy.delete()
    created, updated, deleted = policy.collect_events()
    assert isinstance(created, PolicyCreated) and created.name == 'admin, novel'
    assert isinstance(updated, PolicyUpdated) and updated.name == 'member, novel'
    assert updated.changes == {
        'access_level': Change('admin', 'member'),
        'overdue_cap': Change(None, '5.00')
    }
    assert isinstance(deleted, PolicyDeleted)
    assert make_policy().scope == 'everybody, everything'


@given(st.decimals(min_value=0, max_value=10_000, places=2),
       st.none() | st.decimals(min_value=0, max_value=10_000, places=2), st.booleans())
def test_terms_are_kept_as_they_are(per_day: Decimal, cap: Decimal | None, rental: bool) -> None:
    terms = make_policy(overdue_per_day=per_day, overdue_cap=cap, rental=rental).terms
    assert Terms.from_json(terms.as_json()) == terms
