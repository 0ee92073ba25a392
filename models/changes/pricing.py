"""The document of an order as a change leaves it.

How a changed line is priced: every unit costs what the units cost before. The line's subtotal, discounts and taxes grow
in proportion to its quantity, each to the minor unit, and its total is worked out from them anew. Units that are
cancelled stay in the document; what is owed for the others is their share (models/order/worth.py). Shipping and other
charges stay as they are, and so do the customer's discounts: a change has no price of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from models.money import Money
from models.order.payment_terms import PaymentTerms
from models.order.pricing import Discount, Tax
from models.order.worth import share_of

if TYPE_CHECKING:
    from models.order.document import Line, ServiceLevel
    from models.order.order import Order
    from models.order.parties import Address

Part = TypeVar("Part", Tax, Discount)


def with_more(order: Order, line_id: str, units: int) -> Order:
    """So many units more of one line.

    Raises:
        ValueError: there is no such line.
    """
    line = _line(order, line_id)
    return _with_line(order, grown(line, units, taxes_included=order.taxes_included))


def with_fewer(order: Order, line_id: str, units: int) -> Order:
    """So many units fewer of a line that no warehouse sends, such as a service.

    Raises:
        ValueError: there is no such line.
    """
    line = _line(order, line_id)
    return _with_line(order, line.model_copy(update={"cancelled": line.cancelled + units}))


def with_address(order: Order, address: Address) -> Order:
    """Sent elsewhere."""
    return order.model_copy(update={"shipping_address": address})


def with_service(order: Order, level: ServiceLevel) -> Order:
    """Sent faster or slower."""
    fulfilment = order.fulfilment.model_copy(update={"service_level": level})
    return order.model_copy(update={"fulfilment": fulfilment})


def keeps_the_past(before: Order, after: Order, line_id: str, shipped: int) -> bool:
    """Whether what has left of a line is worth what it was worth: it has been paid for and invoiced."""
    old, new = _line(before, line_id), _line(after, line_id)
    taxes = zip(old.taxes, new.taxes, strict=True)
    pairs = [(old.total, new.total), *((was.amount, becomes.amount) for was, becomes in taxes)]
    return all(
        share_of(was, shipped, old.quantity) == share_of(becomes, shipped, new.quantity) for was, becomes in pairs
    )


def grown(line: Line, units: int, *, taxes_included: bool) -> Line:
    """A line with so many units more, each at the price of those before."""

    def grow(amount: Money) -> Money:
        return amount + times(amount, units, line.quantity)

    larger = line.model_copy(
        update={
            "quantity": line.quantity + units,
            "subtotal": grow(line.subtotal),
            "discounts": tuple(_grown(part, grow(part.amount)) for part in line.discounts),
            "taxes": tuple(_grown(part, grow(part.amount)) for part in line.taxes),
        }
    )
    return larger.model_copy(update={"total": larger.owed(taxes_included=taxes_included)})


def times(amount: Money, units: int, whole: int) -> Money:
    """What `units` cost where `whole` cost `amount`, to the minor unit."""
    full, rest = divmod(units, whole)
    return Money(amount=amount.amount * full, currency=amount.currency) + amount.allocate([rest, whole - rest])[0]


def _grown(part: Part, amount: Money) -> Part:
    return part.model_copy(update={"amount": amount})


def _line(order: Order, line_id: str) -> Line:
    found = next((line for line in order.lines if line.id == line_id), None)
    if found is None:
        message = f"{order.id} has no line {line_id}"
        raise ValueError(message)
    return found


def _with_line(order: Order, changed: Line) -> Order:
    lines = tuple(changed if line.id == changed.id else line for line in order.lines)
    larger = order.model_copy(update={"lines": lines})
    total = Money.sum_of((priced.total for _, priced in larger.priced()), order.currency)
    return larger.model_copy(update={"total": total, "payment": _paid(order, total - order.total)})


def _paid(order: Order, more: Money) -> object:
    """The tenders come to the total: what is more is paid with what our own provider charges."""
    payment = order.payment
    if not more or not payment.tenders or payment.terms is PaymentTerms.PREPAID:
        return payment
    at = next((index for index, tender in enumerate(payment.tenders) if not tender.captured), len(payment.tenders) - 1)
    tenders = tuple(
        tender.model_copy(update={"amount": tender.amount + more}) if index == at else tender
        for index, tender in enumerate(payment.tenders)
    )
    return payment.model_copy(update={"tenders": tenders})
