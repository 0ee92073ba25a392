"""What an 850 charges or allows beside the price: its SAC segments, on the order or on a line.

A charge becomes a charge of the order. What is allowed on a line comes off the line; what is allowed on the order is
shared out over its lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from activities.adapters.files.x12.faults import BAD_CODE, element_fault
from activities.adapters.files.x12.ordering.elements import hundredths
from activities.adapters.storefront import text
from models.money import Money
from models.order.pricing import Charge, ChargeKind, Discount

if TYPE_CHECKING:
    from activities.adapters.files.x12.segments import Segment

_ALLOWED, _CHARGED, _NONE = "A", "C", "N"
_SETTLED_OTHERWISE = frozenset({"01", "03", "04", "05", "09", "15"})
"""SAC12: billed back, a cheque, a credit, for the vendor to pay, by the reseller, told for information only."""


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

    def amount(self, currency: str) -> Money:
        """How much; raises `Fault` where no amount is said, as where it is a share of one."""
        return Money.rounded(hundredths(self.segment, self.position, 5), currency)

    def charge(self, currency: str) -> Charge:
        """It as a charge of the order."""
        worth = self.amount(currency)
        return Charge(kind=ChargeKind.OTHER, name=self.name, subtotal=worth, total=worth)

    def shared(self, over: list[Money], currency: str) -> list[Discount | None]:
        """It as a discount on each of the parts that it is shared out over; raises `Fault` where it exceeds them."""
        worth, whole = self.amount(currency), Money.sum_of(over, currency)
        if whole < worth:
            message = f"allows {worth} of goods that cost {whole}"
            raise element_fault(self.segment, self.position, 5, BAD_CODE, message)
        shares = worth.allocate([part.amount for part in over])
        return [Discount(name=self.name, amount=share) if share else None for share in shares]
