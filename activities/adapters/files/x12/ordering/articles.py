"""The lines of an 850: each PO1, and what stands under it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from activities.adapters.files.x12.faults import BAD_CODE, MISSING, element_fault
from activities.adapters.files.x12.ordering.beside import Basis
from activities.adapters.files.x12.ordering.elements import unit, whole
from activities.adapters.files.x12.ordering.pricing import price
from activities.adapters.storefront import text
from models.money import Money, exponent
from models.order.document import Line
from models.strict_json import field_errors

if TYPE_CHECKING:
    from activities.adapters.files.x12.ordering.beside import Beside
    from activities.adapters.files.x12.segments import Segment
    from models.order.pricing import Charge, Discount

_OURS, _GTIN, _THEIRS = ("VN", "VP", "SK", "VC"), ("UP", "UK", "EN", "UA"), ("BP", "IN", "PI")
_ELEMENT = {"id": 1, "quantity": 2, "unit": 3, "unit_price": 4, "amount": 4, "subtotal": 4, "sku": 7, "gtin": 7}


@dataclass
class Article:
    """One PO1 loop while it is read."""

    index: int
    """Its place among the lines, which names it where the buyer does not."""
    position: int
    segment: Segment
    name: str | None = None
    beside: list[Beside] = field(default_factory=list)
    """What is charged or allowed on it, as it comes."""
    scheduled: bool = False

    @property
    def id(self) -> str:
        """What the buyer calls the line."""
        return self.segment.at(1) or str(self.index)

    def describe(self, segment: Segment) -> None:
        """Take a PID: the first text that there is."""
        self.name = self.name or text.line(segment.at(5))

    def schedule(self, position: int, segment: Segment) -> None:
        """Take an SCH; raises `Fault` where the line is to come in several parts."""
        if self.scheduled or whole(segment, position, 1) != whole(self.segment, self.position, 2):
            raise element_fault(segment, position, 1, BAD_CODE, "the line is to come in parts: order each by itself")
        self.scheduled = True

    def line(self, currency: str) -> tuple[Line, dict[int, Charge]]:
        """Make the line, less what is allowed on it, and what is charged on it, each by its position.

        Raises:
            Fault: something does not fit.
        """
        charges: dict[int, Charge] = {}
        try:
            line = self._priced(currency)
            for beside in self.beside:
                basis = Basis(gross=line.subtotal, net=line.total)
                if beside.is_charge:
                    charges[beside.position] = beside.charge(basis)
                else:
                    [discount] = beside.shared([line.total], basis)
                    line = less(line, discount)
        except ValidationError as error:
            wrong = field_errors(error)[0]
            at = _ELEMENT.get(wrong.pointer.split("/")[1], 0)
            raise element_fault(self.segment, self.position, at, BAD_CODE, wrong.message) from error
        return line, charges

    def _priced(self, currency: str) -> Line:
        segment, position = self.segment, self.position
        quantity = whole(segment, position, 2)
        each, units = price(segment, position)
        codes = {segment.at(at): segment.at(at + 1) for at in range(6, len(segment.elements) + 1, 2)}
        sku = next((codes[kind] for kind in (*_OURS, *_GTIN, *_THEIRS) if codes.get(kind)), "")
        if not sku:
            raise element_fault(segment, position, 7, MISSING, "names no article: our number (VN), or a GTIN (UP, EN)")
        subtotal = Money.rounded(each * quantity / units, currency)
        finer = units == 1 and -int(each.normalize().as_tuple().exponent) > exponent(currency)
        return Line(
            id=self.id,
            sku=sku,
            name=self.name,
            quantity=quantity,
            unit=unit(segment, position, 3),
            unit_price=each if finer else None,
            gtin=next((codes[kind] for kind in _GTIN if codes.get(kind)), None),
            subtotal=subtotal,
            total=subtotal,
        )


def less(line: Line, discount: Discount | None) -> Line:
    """The line with a discount more."""
    if discount is None:
        return line
    discounts = (*line.discounts, discount)
    return line.model_copy(update={"discounts": discounts, "total": line.total - discount.amount})
