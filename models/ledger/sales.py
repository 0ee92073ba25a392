"""What a shipment sold: each line's portion, and what it bears of shipping and other charges."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from models.ledger.portions import Portion, portion
from models.money import Money
from models.order.worth import charges_borne

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from models.ledger.terms import FreightTime
    from models.order.order import Order
    from models.order.pricing import Priced


class Sale(NamedTuple):
    """What left us between two counts."""

    lines: dict[str, Portion]
    """By line id; only lines of which something left us."""
    shipping: Portion
    charges: Portion

    @property
    def goods(self) -> Portion:
        """All lines together."""
        return Portion.sum_of(self.lines.values(), self.shipping.total.currency)

    @property
    def beside(self) -> Portion:
        """Shipping and other charges together."""
        return Portion.sum_of([self.shipping, self.charges], self.shipping.total.currency)

    @property
    def whole(self) -> Portion:
        """All of it."""
        return Portion.sum_of([*self.lines.values(), self.shipping, self.charges], self.shipping.total.currency)

    def freight_by_line(self) -> dict[str, Money]:
        """What each line bears of shipping and other charges: by value, by largest remainder."""
        borne = self.shipping.total + self.charges.total
        weights = [max(sold.total.amount, 0) for sold in self.lines.values()]
        return dict(zip(self.lines, borne.allocate(weights), strict=True)) if weights else {}


def sold_between(order: Order, before: Mapping[str, int], now: Mapping[str, int], freight: FreightTime) -> Sale:
    """What was sold between two counts of what had left us, by line id."""
    lines = {
        line.id: portion(line, before.get(line.id, 0), now.get(line.id, 0), line.quantity)
        for line in order.lines
        if now.get(line.id, 0) > before.get(line.id, 0)
    }
    borne_before, whole = charges_borne(order, before, freight)
    borne_now, _ = charges_borne(order, now, freight)

    def borne(charges: Iterable[Priced]) -> Portion:
        return Portion.sum_of((portion(charge, borne_before, borne_now, whole) for charge in charges), order.currency)

    return Sale(lines, borne(order.shipping), borne(order.charges))
