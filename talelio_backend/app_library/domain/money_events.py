"""What happens to prices, debts and the people who have them."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from talelio_backend.shared.domain.events import ChangedEvent, Event, Target


@dataclass(frozen=True, kw_only=True)
class TariffEvent(Event):
    tariff_id: str
    label: str

    @property
    def target(self) -> Target:
        return Target('tariff', self.tariff_id, self.label)


@dataclass(frozen=True, kw_only=True)
class TariffCreated(TariffEvent):
    action = 'tariff_created'
    activity = 'Added the tariff “{label}”'


@dataclass(frozen=True, kw_only=True)
class TariffDeleted(TariffEvent):
    action = 'tariff_deleted'
    activity = 'Deleted the tariff “{label}”'


@dataclass(frozen=True, kw_only=True)
class MemberEvent(Event):
    member_id: UUID
    username: str

    @property
    def target(self) -> Target:
        return Target('member', self.member_id, self.username)


@dataclass(frozen=True, kw_only=True)
class MemberUpdated(MemberEvent, ChangedEvent):
    action = 'member_updated'
    activity = 'Changed the library account of {username}'


@dataclass(frozen=True, kw_only=True)
class HistoryForgotten(MemberEvent):
    action = 'history_forgotten'
    activity = 'Forgot {loans} returned loans of {username}'

    loans: int


@dataclass(frozen=True, kw_only=True)
class LedgerEvent(MemberEvent):
    """``amount`` without its sign; ``currency`` as the installation has it."""

    entry_id: UUID
    amount: Decimal
    currency: str
    reason: str | None = None

    @property
    def what_for(self) -> str:
        return f' ({self.reason})' if self.reason else ''


@dataclass(frozen=True, kw_only=True)
class LedgerCharged(LedgerEvent):
    action = 'ledger_charged'
    activity = 'Charged {username} {amount} {currency}{what_for}'


@dataclass(frozen=True, kw_only=True)
class LedgerPaid(LedgerEvent):
    action = 'ledger_paid'
    activity = 'Took a payment of {amount} {currency} from {username}'


@dataclass(frozen=True, kw_only=True)
class LedgerWaived(LedgerEvent):
    action = 'ledger_waived'
    activity = 'Waived {amount} {currency} for {username}'


@dataclass(frozen=True, kw_only=True)
class LedgerRefunded(LedgerEvent):
    action = 'ledger_refunded'
    activity = 'Refunded {amount} {currency} to {username}'


@dataclass(frozen=True, kw_only=True)
class LedgerVoided(LedgerEvent):
    action = 'ledger_voided'
    activity = 'Voided an entry of {amount} {currency} of {username}'
