"""What prices, the ledger and the members refuse."""

from talelio_backend.shared.domain.errors import Conflict, NotFound


class TariffNotFound(NotFound):
    code = 'tariff_not_found'
    title = 'There is no such tariff.'


class TariffExists(Conflict):
    code = 'tariff_exists'
    title = 'There is a tariff of this id already.'


class TariffDateTaken(Conflict):
    code = 'tariff_date_taken'
    title = 'Another tariff comes into force at this moment.'


class TariffInUse(Conflict):
    code = 'tariff_in_use'
    title = 'The tariff is in force, or a loan carries it.'


class MemberNotFound(NotFound):
    code = 'member_not_found'
    title = 'There is no such member.'


class CardNumberTaken(Conflict):
    code = 'card_number_taken'
    title = 'Another member has this card number.'


class WaiverExceedsDebt(Conflict):
    code = 'waiver_exceeds_debt'
    title = 'More would be waived than the booked debt of {debt}.'


class RefundExceedsCredit(Conflict):
    code = 'refund_exceeds_credit'
    title = 'More would be refunded than the credit of {credit}.'


class AlreadyVoided(Conflict):
    code = 'already_voided'
    title = 'The entry was voided already.'


class OverdueDayBooked(Conflict):
    code = 'overdue_day_booked'
    title = 'This late day was booked already.'


class NotVoidable(Conflict):
    code = 'not_voidable'
    title = 'A void is not voided itself.'


class BalanceDue(Conflict):
    code = 'balance_due'
    title = 'There is a booked balance of {ledger} to be settled first.'
