"""What an 850 charges or allows beside the price: its SAC segments, on the order or on a line.

A charge becomes a charge of the order. What is allowed on a line comes off the line; what is allowed on the order is
shared out over its lines.

How much is said as an amount (SAC05), which counts where there is one, or as a percentage (SAC07) of what SAC06 names
(element 378). It is reckoned where the order itself says of how much: of the base price amount, of that less previous
discounts, or of the amount that SAC10 gives in so many words (``DO`` in SAC09). List costs, net costs and what two
partners have agreed on do not stand in an order: such a SAC is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from activities.adapters.files.x12.faults import BAD_CODE, MISSING, element_fault
from activities.adapters.files.x12.ordering.elements import hundredths, number
from activities.adapters.storefront import text
from models.money import Money
from models.order.pricing import Charge, ChargeKind, Discount

if TYPE_CHECKING:
    from decimal import Decimal

    from activities.adapters.files.x12.segments import Segment

_ALLOWED, _CHARGED, _NONE = "A", "C", "N"
_SETTLED_OTHERWISE = frozenset({"01", "03", "04", "05", "09", "15"})
"""SAC12: billed back, a cheque, a credit, for the vendor to pay, by the reseller, told for information only."""
_AMOUNT, _PERCENT = 5, 7
_PER_UNIT, _BASE, _BASE_LESS_DISCOUNTS = "5", "6", "7"
"""SAC06: of the base price per unit, of the base price amount, of that less previous discounts."""
_AMOUNT_ITSELF = "DO"


class Basis(NamedTuple):
    """What a percentage may be of: goods of one line, or of the whole order, at this point of the order."""

    gross: Money
    """Quantity times price."""
    net: Money | None
    """Less what was allowed before; none where nobody can tell whether that is the order's allowance or its lines'."""
    one_line: bool = True

    @property
    def currency(self) -> str:
        """The order's."""
        return self.gross.currency


class Beside(NamedTuple):
    """One charge or allowance."""

    position: int
    segment: Segment

    @classmethod
    def of(cls, position: int, segment: Segment) -> Beside | None:
        """Take a SAC; none where it changes nothing that is paid. Raises `Fault` for one we do not understand."""
        said = segment.at(1)
        if said == _NONE or (said in {_ALLOWED, _CHARGED} and segment.at(12) in _SETTLED_OTHERWISE):
            return None
        if said not in {_ALLOWED, _CHARGED}:
            message = "only charges (C), allowances (A) and none of them (N) are understood on an order"
            raise element_fault(segment, position, 1, BAD_CODE, message)
        return cls(position, segment)

    @property
    def is_charge(self) -> bool:
        """Whether it is to be paid; otherwise it comes off."""
        return self.segment.at(1) == _CHARGED

    @property
    def name(self) -> str:
        """What it is for, in words or by its code."""
        return text.line(self.segment.at(15)) or self.segment.at(2) or ("Charge" if self.is_charge else "Allowance")

    def amount(self, basis: Basis) -> Money:
        """How much; raises `Fault` where neither an amount is said nor a share of one that the order says."""
        if self._said_at == _AMOUNT:
            worth = hundredths(self.segment, self.position, _AMOUNT)
        else:
            worth = self._of(basis) * number(self.segment, self.position, _PERCENT, "percentage") / 100
        try:
            return Money.rounded(worth, basis.currency)
        except ValueError as error:
            message = "comes to more than an order may cost"
            raise element_fault(self.segment, self.position, self._said_at, BAD_CODE, message) from error

    def charge(self, basis: Basis) -> Charge:
        """It as a charge of the order."""
        worth = self.amount(basis)
        return Charge(kind=ChargeKind.OTHER, name=self.name, subtotal=worth, total=worth)

    def shared(self, over: list[Money], basis: Basis) -> list[Discount | None]:
        """It as a discount on each of the parts that it is shared out over; raises `Fault` where it exceeds them."""
        worth, whole = self.amount(basis), Money.sum_of(over, basis.currency)
        if whole < worth:
            message = f"allows {worth} of goods that cost {whole}"
            raise element_fault(self.segment, self.position, self._said_at, BAD_CODE, message)
        shares = worth.allocate([part.amount for part in over])
        return [Discount(name=self.name, amount=share) if share else None for share in shares]

    @property
    def _said_at(self) -> int:
        """The element that says how much: the amount, where there is one, takes precedence."""
        return _PERCENT if self.segment.at(_PERCENT) and not self.segment.at(_AMOUNT) else _AMOUNT

    def _of(self, basis: Basis) -> Decimal:
        """What the percentage is of, in major units; raises `Fault` where nobody can tell."""
        segment, position = self.segment, self.position
        if segment.at(8):
            raise element_fault(segment, position, 8, BAD_CODE, "gives a rate as well: say the amount in SAC05")
        if segment.at(11):
            raise element_fault(segment, position, 11, BAD_CODE, "gives a range: say the amount in SAC05")
        if segment.at(9) == _AMOUNT_ITSELF:
            return number(segment, position, 10, "amount")
        if segment.at(10):
            raise element_fault(segment, position, 10, BAD_CODE, "is for another quantity: say the amount in SAC05")
        said = segment.at(6)
        if said == _BASE or (said == _PER_UNIT and basis.one_line):
            return basis.gross.major
        if said == _BASE_LESS_DISCOUNTS and basis.net is not None:
            return basis.net.major
        message = "names no amount that the order says: say how much in SAC05"
        raise element_fault(segment, position, 6, BAD_CODE if said else MISSING, message)
