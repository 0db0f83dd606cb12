from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from talelio_backend.app_library.domain.policy import Policy

_all = select(Policy)


class SqlPolicyRepository:
    """See the port ``PolicyRepository``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, policy: Policy) -> None:
        self._session.add(policy)

    def with_id(self, policy_id: UUID) -> Policy | None:
        return self._session.get(Policy, policy_id, with_for_update={'key_share': True})

    def all(self) -> Sequence[Policy]:
        return self._session.scalars(_all).all()

    def remove(self, policy: Policy) -> None:
        self._session.delete(policy)
