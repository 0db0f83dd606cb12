import pytest

from talelio_backend.app_library.domain.errors import (DefaultPolicy, ItemTypeNotFound,
                                                       PolicyNotFound, UnknownReference)
from talelio_backend.app_library.domain.money_errors import MemberNotFound
from talelio_backend.app_library.services.policies import PolicyService
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.ids import new_id
from tests.fakes import FakeClock
from tests.fakes_library_desk import TERMS, FakeDeskUnitOfWork

SCOPE = {'access_level': Level.MEMBER, 'item_type': 'novel'}


@pytest.fixture(name='uow')
def make_uow() -> FakeDeskUnitOfWork:
    return FakeDeskUnitOfWork()


@pytest.fixture(name='service')
def make_service(uow: FakeDeskUnitOfWork) -> PolicyService:
    return PolicyService(open_uow=lambda: uow, clock=FakeClock())


def test_policy_comes_changes_and_goes(service: PolicyService, uow: FakeDeskUnitOfWork) -> None:
    policy_id = service.create(TERMS | SCOPE)
    service.change(policy_id=policy_id, changes={'length_days': 7})
    assert uow.stored_policies[policy_id].length_days == 7
    service.delete(policy_id=policy_id)
    assert policy_id not in uow.stored_policies
    with pytest.raises(PolicyNotFound):
        service.change(policy_id=policy_id, changes={'rental': True})
    with pytest.raises(PolicyNotFound):
        service.delete(policy_id=policy_id)


def test_scope_names_a_type_that_there_is(service: PolicyService, uow: FakeDeskUnitOfWork) -> None:
    default, = uow.stored_policies
    with pytest.raises(UnknownReference) as refused:
        service.create(TERMS | {'access_level': None, 'item_type': 'scroll'})
    assert refused.value.faults[0].pointer == '/item_type'
    with pytest.raises(UnknownReference):
        service.change(policy_id=default, changes={'item_type': 'scroll'})


def test_catch_all_stays(service: PolicyService, uow: FakeDeskUnitOfWork) -> None:
    default, = uow.stored_policies
    with pytest.raises(DefaultPolicy):
        service.delete(policy_id=default)
    assert default in uow.stored_policies


def test_resolving_asks_for_the_level_of_the_member(service: PolicyService,
                                                    uow: FakeDeskUnitOfWork) -> None:
    policy_id = service.create(TERMS | SCOPE)
    ada, root = uow.has_member(), uow.has_member('root', level=Level.ADMIN)
    ruling = service.resolve(member_id=ada, item_type='novel')
    assert (ruling.policy_id, ruling.because) == (policy_id, 'access_level+item_type')
    assert service.resolve(member_id=root, item_type='novel').because == 'default'
    with pytest.raises(MemberNotFound):
        service.resolve(member_id=new_id(), item_type='novel')
    with pytest.raises(ItemTypeNotFound):
        service.resolve(member_id=ada, item_type='scroll')
