"""What so many of an order's goods are worth to the customer: exact to the minor unit, however they are parted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.money import Money
from models.order.payment_terms import PaymentTerms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.order.document import Line
    from models.order.order import Order


def worth(order: Order, quantities: Mapping[str, int]) -> Money:
    """What the customer pays for so many of each line.

    Shipping and other charges belong to the first goods that come: they count as soon as there are any. The worth of
    a further shipment is the difference of two such sums, so that all shipments together add up to the total.

    Args:
        order: the order.
        quantities: by line id; a line left out counts as none.
    """
    if not any(quantities.values()):
        return Money.zero(order.currency)
    parts = [share(line, quantities.get(line.id, 0)) for line in order.lines]
    return Money.sum_of([*parts, other_charges(order)], order.currency)


def share(line: Line, quantity: int) -> Money:
    """What so many of a line cost; the parts of a line always add up to its total."""
    return share_of(line.total, quantity, line.quantity)


def share_of(total: Money, quantity: int, whole: int) -> Money:
    """What so many of the whole cost; the parts always add up to the total."""
    return total.allocate([quantity, whole - quantity])[0]


def other_charges(order: Order) -> Money:
    """Shipping and all charges that are not goods."""
    return Money.sum_of((charge.total for charge in (*order.shipping, *order.charges)), order.currency)


def open_worth(order: Order) -> Money:
    """What all that is still to be delivered is worth."""
    return worth(order, {line.id: line.open_quantity for line in order.lines})


def held_by_channel(order: Order) -> Money:
    """What the channel has taken already as part payment: gift cards, store credit."""
    return Money.sum_of((tender.amount for tender in order.payment.tenders if tender.captured), order.currency)


def to_authorise(order: Order, wanted: Mapping[str, int] | None = None) -> Money:
    """What our own payment provider has to set aside: what is to be delivered, less what the channel holds.

    Args:
        order: the order.
        wanted: how many of each line are still to be delivered; none: all that was open when it came in.
    """
    zero = Money.zero(order.currency)
    if order.payment.terms is not PaymentTerms.CAPTURE_ON_SHIPMENT:
        return zero
    owed = open_worth(order) if wanted is None else worth(order, wanted)
    rest = owed - held_by_channel(order)
    return rest if rest.amount > 0 else zero
