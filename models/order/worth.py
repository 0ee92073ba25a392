"""What so many of an order's goods are worth to the customer: exact to the minor unit, however they are parted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.ledger import sharing
from models.ledger.terms import FreightTime
from models.money import Money
from models.order.payment_terms import PaymentTerms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.order.document import Line
    from models.order.order import Order
    from models.order.pricing import Priced


def worth(order: Order, quantities: Mapping[str, int], freight: FreightTime = FreightTime.FIRST_SHIPMENT) -> Money:
    """What the customer pays for so many of each line, with what of shipping and other charges they bear.

    The worth of a further shipment is the difference of two such sums, so that all shipments together add up to the
    total.

    Args:
        order: the order.
        quantities: by line id; a line left out counts as none.
        freight: which goods bear shipping and other charges.
    """
    if not any(quantities.values()):
        return Money.zero(order.currency)
    part, whole = charges_borne(order, quantities, freight)
    charges = Money.sum_of((share_of(charge.total, part, whole) for charge in all_charges(order)), order.currency)
    return goods_worth(order, quantities) + charges


def goods_worth(order: Order, quantities: Mapping[str, int]) -> Money:
    """What the customer pays for so many of each line, charges left out."""
    parts = (
        sharing.share(line.total.amount, quantities[line.id], line.quantity)
        for line in order.lines
        if quantities.get(line.id)
    )
    return Money(amount=sum(parts), currency=order.currency)


def charges_borne(order: Order, quantities: Mapping[str, int], freight: FreightTime) -> tuple[int, int]:
    """How much of shipping and other charges so many goods bear, as a part of a whole.

    By the first shipment: all of it as soon as there are any goods. By value: as the goods' worth is to the worth of
    all that was to be delivered; goods that cost nothing bear it as the first shipment would.
    """
    if freight is FreightTime.BY_VALUE:
        whole = goods_worth(order, {line.id: line.open_quantity for line in order.lines}).amount
        if whole:
            return min(goods_worth(order, quantities).amount, whole), whole
    return (1, 1) if any(quantities.values()) else (0, 1)


def share(line: Line, quantity: int) -> Money:
    """What so many of a line cost; the parts of a line always add up to its total."""
    return share_of(line.total, quantity, line.quantity)


def share_of(total: Money, quantity: int, whole: int) -> Money:
    """What so many of the whole cost; the parts always add up to the total."""
    return Money(amount=sharing.share(total.amount, quantity, whole), currency=total.currency)


def all_charges(order: Order) -> tuple[Priced, ...]:
    """Shipping and all charges that are not goods."""
    return (*order.shipping, *order.charges)


def other_charges(order: Order) -> Money:
    """What shipping and all charges that are not goods come to."""
    return Money.sum_of((charge.total for charge in all_charges(order)), order.currency)


def open_worth(order: Order) -> Money:
    """What all that is still to be delivered is worth."""
    return worth(order, {line.id: line.open_quantity for line in order.lines})


def held_by_channel(order: Order) -> Money:
    """What the channel has taken already as part payment: gift cards, store credit."""
    return Money.sum_of((tender.amount for tender in order.payment.tenders if tender.captured), order.currency)


def kept_before(order: Order, held: Money) -> Money:
    """What of the channel's money paid for what the customer had been sent before the order came to us."""
    return max(min(_paid(order, held), worth(order, _sent_before(order))), Money.zero(order.currency))


def held_for_open(order: Order, held: Money) -> Money:
    """What of the channel's money is there for what is still to be delivered.

    What the customer had been sent, and the charges that came with it, was paid out of it; what went back to him for
    goods that were taken off the order is no longer there.

    Args:
        order: the order.
        held: what the channel has taken, what it gave back included.
    """
    zero = Money.zero(order.currency)
    if not any(_sent_before(order).values()) and not order.payment.refunded:
        return held
    owed = max(_not_gone(order) - _paid(order, held), zero)
    return max(open_worth(order) - owed, zero)


def given_back_for_goods(order: Order) -> Money:
    """What the channel gave back for goods before the order came to us; what is beyond their worth was a courtesy."""
    gone = worth(order, {line.id: line.quantity for line in order.lines}) - _not_gone(order)
    return min(order.payment.refunded or Money.zero(order.currency), gone)


def _paid(order: Order, held: Money) -> Money:
    """What was taken, less what went back for goods: a courtesy makes the others no dearer."""
    return held - given_back_for_goods(order)


def _not_gone(order: Order) -> Money:
    """What all is worth that the customer has or is to get."""
    return worth(order, {line.id: line.open_quantity + line.shipped for line in order.lines})


def _sent_before(order: Order) -> dict[str, int]:
    return {line.id: line.shipped for line in order.lines}


def to_authorise(
    order: Order,
    wanted: Mapping[str, int] | None = None,
    freight: FreightTime = FreightTime.FIRST_SHIPMENT,
) -> Money:
    """What our own payment provider has to set aside: what is to be delivered, less what the channel holds.

    Args:
        order: the order.
        wanted: how many of each line are still to be delivered; none: all that was open when it came in.
        freight: which goods bear shipping and other charges.
    """
    zero = Money.zero(order.currency)
    if order.payment.terms is not PaymentTerms.CAPTURE_ON_SHIPMENT:
        return zero
    owed = open_worth(order) if wanted is None else worth(order, wanted, freight)
    rest = owed - held_for_open(order, held_by_channel(order))
    return rest if rest.amount > 0 else zero
