from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from talelio_backend.app_library.domain.errors import (ItemTypeNotFound, PolicyNotFound,
                                                       UnknownReference)
from talelio_backend.app_library.domain.money_errors import MemberNotFound
from talelio_backend.app_library.domain.policy import Because, Policy, resolve
from talelio_backend.app_library.services.catalogue_ports import ItemTypeRepository
from talelio_backend.app_library.services.ports import DeskUnitOfWork
from talelio_backend.shared.services.clock import Clock


class PolicyUnitOfWork(DeskUnitOfWork, Protocol):

    @property
    def item_types(self) -> ItemTypeRepository:
        ...


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """The policy that counts for somebody and a type of items, and why."""

    policy_id: UUID
    because: Because


class PolicyService:
    """What administrators let people borrow. Loans keep the terms under which they began."""

    def __init__(self, *, open_uow: Callable[[], PolicyUnitOfWork], clock: Clock) -> None:
        self._open_uow = open_uow
        self._clock = clock

    def create(self, fields: Mapping[str, Any]) -> UUID:
        """``fields`` are those of ``Policy.create``. Raises UnknownReference, PolicyExists."""
        policy = Policy.create(now=self._clock.now(), **fields)
        with self._open_uow() as uow:
            _expect_type(uow, fields)
            uow.policies.add(policy)
            uow.commit()
        return policy.id

    def change(self, *, policy_id: UUID, changes: Mapping[str, Any]) -> None:
        """Raises UnknownReference, PolicyNotFound, DefaultPolicy, PolicyExists."""
        with self._open_uow() as uow:
            _expect_type(uow, changes)
            _found(uow, policy_id).change(changes)
            uow.commit()

    def delete(self, *, policy_id: UUID) -> None:
        """Raises PolicyNotFound, DefaultPolicy."""
        with self._open_uow() as uow:
            policy = _found(uow, policy_id)
            policy.delete()
            uow.policies.remove(policy)
            uow.commit()

    def resolve(self, *, member_id: UUID, item_type: str) -> Ruling:
        """Raises MemberNotFound, ItemTypeNotFound."""
        with self._open_uow() as uow:
            standing = uow.members.standing(member_id)
            if standing is None:
                raise MemberNotFound()
            if not uow.item_types.kept([item_type]):
                raise ItemTypeNotFound()
            found = resolve(uow.policies.all(), level=standing.level, item_type=item_type)
        return Ruling(policy_id=found.policy.id, because=found.because)


def _expect_type(uow: PolicyUnitOfWork, fields: Mapping[str, Any]) -> None:
    item_type = fields.get('item_type')
    if item_type is not None and not uow.item_types.kept([item_type]):
        raise UnknownReference('/item_type', 'item type')


def _found(uow: PolicyUnitOfWork, policy_id: UUID) -> Policy:
    policy = uow.policies.with_id(policy_id)
    if policy is None:
        raise PolicyNotFound()
    return policy
