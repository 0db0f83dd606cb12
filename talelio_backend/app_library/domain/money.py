"""Sums of money: decimals with two digits, in the one currency of the installation."""

from decimal import ROUND_HALF_EVEN, Decimal

ZERO = Decimal('0.00')
_CENT = Decimal('0.01')


def money(value: str | int | Decimal) -> Decimal:
    """``value`` with two digits. Never of a float: it could not say 0.10."""
    return Decimal(value).quantize(_CENT, rounding=ROUND_HALF_EVEN)
