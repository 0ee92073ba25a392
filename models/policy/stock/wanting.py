"""Who an order's goods are for, as far as stock is concerned: the demand that sourcing decides by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.stock.demand import Demand

if TYPE_CHECKING:
    from models.order.order import Order
    from models.policy.stock.rules import CustomerClassRule, StockRules

_PREFIX = 3
"""Characters of a postal code that sourcing sees: a district, not a household."""


def demand_of(rules: StockRules, order: Order) -> Demand:
    """Say who wants it and how; no personal data."""
    customer_class = class_of(rules, order)
    address = order.shipping_address
    wishes = order.fulfilment
    return Demand(
        channel=order.channel,
        customer_class=customer_class.name if customer_class else None,
        service_level=wishes.service_level,
        delivery=wishes.delivery,
        pick_up_at=wishes.pick_up_at,
        country=address.country if address else None,
        postal_prefix=(address.postal_code or "")[:_PREFIX] if address else "",
        ship_together=wishes.ship_together,
        ship_by=wishes.ship_by,
        deliver_by=wishes.deliver_by,
        placed_at=order.placed_at,
        priority=customer_class.priority if customer_class else 0,
        worth=max(order.total.amount, 0),
    )


def class_of(rules: StockRules, order: Order) -> CustomerClassRule | None:
    """The first class of customers whose rule fits."""
    return next((rule for rule in rules.customer_classes if _fits(rule, order)), None)


def _fits(rule: CustomerClassRule, order: Order) -> bool:
    return (
        (not rule.channels or order.channel in rule.channels)
        and (not rule.kinds or order.customer.kind in rule.kinds)
        and (not rule.customers or order.customer.id in rule.customers)
    )
