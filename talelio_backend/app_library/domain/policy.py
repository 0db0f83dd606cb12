from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, Self

from talelio_backend.app_library.domain.circulation_events import (PolicyCreated, PolicyDeleted,
                                                                   PolicyUpdated)
from talelio_backend.app_library.domain.errors import DefaultPolicy
from talelio_backend.app_library.domain.terms import Terms
from talelio_backend.shared.domain.access import Level
from talelio_backend.shared.domain.aggregate import Aggregate
from talelio_backend.shared.domain.events import Change, changes_between
from talelio_backend.shared.domain.ids import new_id

Because = Literal['access_level+item_type', 'access_level', 'item_type', 'default']


@dataclass(kw_only=True, eq=False)
class Policy(Aggregate):
    """How long, how many and at what fine, for whom and for which type of items. A scope of None
    means any; the policy without any scope is the catch-all, which always stays."""

    access_level: Level | None
    item_type: str | None
    length_days: int
    extensions: int
    extension_days: int
    max_open_loans: int | None
    holds_allowed: bool
    max_holds: int | None
    pickup_days: int
    grace_days: int
    overdue_per_day: Decimal
    overdue_cap: Decimal | None
    rental: bool
    created_at: datetime

    @classmethod
    def create(cls, *, now: datetime, **fields: Any) -> Self:
        """``fields`` are all others of the class but ``id``."""
        policy = cls(id=new_id(), created_at=now, **fields)
        policy.record(PolicyCreated(policy_id=policy.id, name=policy.scope))
        return policy

    def change(self, changes: Mapping[str, Any]) -> None:
        """``changes`` are new values of fields; what is already so is no change. Raises
        DefaultPolicy where the catch-all would get a scope."""
        scope = (changes.get('access_level'), changes.get('item_type'))
        if self.is_default and scope != (None, None):
            raise DefaultPolicy()
        changed = changes_between({name: getattr(self, name) for name in changes}, changes)
        if not changed:
            return
        for name, change in changed.items():
            setattr(self, name, change.after)
        told = {
            name: Change(_as_told(change.before), _as_told(change.after))
            for name, change in changed.items()
        }
        self.record(PolicyUpdated(policy_id=self.id, name=self.scope, changed=told))

    def delete(self) -> None:
        """Raises DefaultPolicy: somebody always matches the catch-all alone."""
        if self.is_default:
            raise DefaultPolicy()
        self.record(PolicyDeleted(policy_id=self.id, name=self.scope))

    @property
    def is_default(self) -> bool:
        return self.access_level is None and self.item_type is None

    @property
    def scope(self) -> str:
        """How a person calls it: ``admin, novel``."""
        who = None if self.access_level is None else self.access_level.name.lower()
        return ', '.join(part for part in (who, self.item_type) if part) or 'everybody, everything'

    @property
    def terms(self) -> Terms:
        return Terms(id=self.id,
                     length_days=self.length_days,
                     extensions=self.extensions,
                     extension_days=self.extension_days,
                     grace_days=self.grace_days,
                     overdue_per_day=self.overdue_per_day,
                     overdue_cap=self.overdue_cap,
                     rental=self.rental)


def _as_told(value: Any) -> Any:
    """As the activity log keeps a value of a policy."""
    if isinstance(value, Level):
        return value.name.lower()
    return str(value) if isinstance(value, Decimal) else value


@dataclass(frozen=True, kw_only=True)
class Resolved:
    policy: Policy
    because: Because


def resolve(policies: Iterable[Policy], *, level: Level, item_type: str) -> Resolved:
    """The most specific policy: both named, then the access level, then the item type, then the
    catch-all."""
    by_scope = {(policy.access_level, policy.item_type): policy for policy in policies}
    steps: tuple[tuple[tuple[Level | None, str | None], Because], ...] = (
        ((level, item_type), 'access_level+item_type'),
        ((level, None), 'access_level'),
        ((None, item_type), 'item_type'),
    )
    for scope, because in steps:
        if scope in by_scope:
            return Resolved(policy=by_scope[scope], because=because)
    return Resolved(policy=by_scope[(None, None)], because='default')
