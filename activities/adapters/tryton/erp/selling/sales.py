"""A sale as it is read."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from activities.adapters.tryton.erp import notes
from activities.adapters.tryton.wire import Read
from models.errors import Refused
from models.money import Money

if TYPE_CHECKING:
    from activities.adapters.tryton.rest import Rest
    from activities.adapters.tryton.wire import Domain

SALE = "sale.sale"


class _Code(Read):
    code: str


class _Product(Read):
    code: str | None
    type: str


class _Bill(Read):
    state: str
    reference: str | None


class _InvoiceLine(Read):
    quantity: float | None
    invoice: _Bill | None


class SaleLine(Read):
    """A line of a sale."""

    product: _Product | None
    unit: int | None
    quantity: float | None
    unit_price: Decimal | None
    description: str | None
    note: str | None
    invoice_lines: list[_InvoiceLine]

    @property
    def line_id(self) -> str | None:
        """Which line of the order it is; None: none, but a part beside the lines."""
        return notes.noted(self.note).get(notes.LINE)

    @property
    def part(self) -> str | None:
        """Which part beside the lines it is."""
        return notes.noted(self.note).get(notes.PART)

    @property
    def per(self) -> int:
        """How many pieces are in one of what was ordered, a pack or a piece."""
        return int(notes.noted(self.note).get(notes.PER, "1"))

    @property
    def origin(self) -> str:
        """How a line of an invoice refers to it."""
        return f"sale.line,{self.id}"

    @property
    def taxed(self) -> str | None:
        """How much of its price is tax."""
        return notes.noted(self.note).get(notes.TAXED)

    def invoiced(self, but: str = "") -> float:
        """How many stand on invoices that were not cancelled, drafts among them; without one, by its key."""
        counted = (line for line in self.invoice_lines if line.invoice is not None)
        return sum(
            line.quantity or 0.0
            for line in counted
            if line.invoice is not None
            and line.invoice.state != "cancelled"
            and line.invoice.reference != (but or None)
        )


class Sale(Read):
    """A sale."""

    number: str | None
    state: str
    party: int
    invoice_address: int | None
    shipment_address: int | None
    currency: _Code
    description: str | None
    comment: str | None
    reference: str | None
    total_amount: Decimal | None
    revision: int
    """How often it was amended."""
    lines: list[SaleLine]
    invoices: list[_Bill]

    def paid(self, but: str) -> bool:
        """Whether all that was invoiced of it is paid, without one document, by its key."""
        counted = [bill.state for bill in self.invoices if bill.state in {"posted", "paid"} and bill.reference != but]
        return bool(counted) and all(state == "paid" for state in counted)

    def money(self) -> Money:
        """What it comes to."""
        return Money.rounded(self.total_amount or Decimal(), self.currency.code)

    @property
    def cancelled(self) -> bool:
        """Whether nothing is wanted of it any more; one that was processed is amended to nothing."""
        return self.state == "cancelled" or (bool(self.lines) and not any(line.quantity for line in self.lines))

    @property
    def order_id(self) -> str | None:
        """Whose it is."""
        return notes.noted(self.comment).get(notes.ORDER)

    def by_id(self) -> dict[str, SaleLine]:
        """The order's lines by their ids."""
        return {line.line_id: line for line in self.lines if line.line_id is not None}

    def by_part(self) -> dict[str, SaleLine]:
        """What stands beside them."""
        return {line.part: line for line in self.lines if line.part is not None}


async def sale_of(rest: Rest, number: int) -> Sale:
    """Read a sale by its id."""
    return await _only(rest, [["id", "=", number]])


async def sale_named(rest: Rest, reference: str, order_id: str) -> Sale:
    """Read an order's sale by its number.

    Raises:
        Refused: ``unknown_order``: there is none, or it is another order's.
    """
    sale = await _only(rest, [["number", "=", reference]])
    if sale.order_id not in {None, order_id}:
        raise Refused(rest.partner, f"{reference} is not for {order_id}", code="unknown_order")
    return sale


async def _only(rest: Rest, where: Domain) -> Sale:
    sale = await rest.first(SALE, Sale, where)
    if sale is None:
        raise Refused(rest.partner, f"there is no sale where {where[0][0]} is {where[0][2]}", code="unknown_order")
    return sale
